import type { ExporterName } from './corpus-exporter.ts'
import type { Scene } from './scene.ts'
import { milliseconds } from './sim-span.ts'
import type { Attributes, SimSpan } from './sim-span.ts'

/** A span that a sender writes for its own ends. */
export interface StrangerOptions {
  readonly by?: ExporterName
  /** What stands above it; default: it is a root. */
  readonly under?: Pick<SimSpan, 'traceId' | 'spanId'>
  /** The span whose ID it takes; default: an ID of its own. */
  readonly as?: Pick<SimSpan, 'traceId' | 'spanId' | 'parentId' | 'startNs'>
  readonly attributes?: Attributes
  readonly service?: string
  /** From the beginning of the case, or from the beginning of the span whose ID it takes. */
  readonly atMs?: number
  readonly startNs?: bigint
  readonly arrivesAfterMs?: number
}

/** Sends a span with whatever the sender likes in it. */
export function strangerSpan(scene: Scene, options: StrangerOptions): SimSpan {
  const { by = 'ci-bot', attributes = {}, atMs = 900, service = 'stranger-service' } = options
  const place = placeOf(scene, options)
  const startNs = options.startNs ?? place.startNs + milliseconds(atMs)
  const span: SimSpan = {
    ...place,
    name: 'work',
    kind: 1,
    startNs,
    endNs: startNs + milliseconds(7),
    status: 1,
    scope: 'stranger',
    attributes,
    resource: { 'service.name': service },
  }
  return scene.emit(span, by, options.arrivesAfterMs)
}

function placeOf(
  scene: Scene,
  { as, under }: StrangerOptions,
): Pick<SimSpan, 'traceId' | 'spanId' | 'parentId' | 'startNs'> {
  if (as !== undefined) return { ...as, parentId: under?.spanId ?? as.parentId }
  return {
    traceId: under?.traceId ?? scene.chance.hex(32),
    spanId: scene.chance.hex(16),
    parentId: under?.spanId ?? '',
    startNs: scene.startNs,
  }
}

/** What a span says of a thing that was done, beside who did it. */
export function deed(resource: string, extra: Attributes = {}): Attributes {
  return {
    'whodid.record.kind': 'tool_call',
    'whodid.action.verb': 'update',
    'whodid.action.outcome': 'success',
    'whodid.resource.id': resource,
    ...extra,
  }
}
