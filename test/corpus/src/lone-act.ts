import type { Act } from './act.ts'
import { credentialOf } from './call-options.ts'
import type { CallOptions } from './call-options.ts'
import type { ExporterName } from './corpus-exporter.ts'
import type { Scene } from './scene.ts'
import { milliseconds, spanRefOf } from './sim-span.ts'
import type { SimSpan } from './sim-span.ts'

/** An act of a human or a service, with no agent in between. */
export interface LoneActOptions extends CallOptions {
  /** Who: a user's ID, or a service's name. */
  readonly who: string
  readonly by?: ExporterName
  /** When, from the beginning of the case. */
  readonly atMs?: number
  /** A span under which it stands, such as an agent's that waits for a person. */
  readonly under?: SimSpan
  readonly correlation?: string
}

/** A human does something. */
export function humanAct(scene: Scene, options: LoneActOptions): Act {
  return loneAct(scene, options, 'human')
}

/** A job that is no agent does something. */
export function serviceAct(scene: Scene, options: LoneActOptions): Act {
  return loneAct(scene, options, 'service')
}

function loneAct(scene: Scene, options: LoneActOptions, type: 'human' | 'service'): Act {
  const { verb = 'update', outcome = 'success', who, under } = options
  const names = {
    resource: options.resource,
    action: scene.chance.uuid(),
    correlation: options.correlation ?? scene.chance.uuid(),
    credential: options.credential?.id,
    delegator: type === 'human' ? who : undefined,
  }
  const span = scene.emit(
    loneSpan(scene, { ...options, type, names }),
    options.by ?? (type === 'human' ? 'people' : 'jobs'),
  )
  return scene.act({
    span,
    subjects: [spanRefOf(span)],
    names,
    verb,
    outcome,
    truth: {
      verdict: type,
      who,
      instance: null,
      template: null,
      delegator: null,
      prompt: null,
      chain: [spanRefOf(span)],
      beside: under === undefined ? [] : [spanRefOf(under)],
    },
    lacking: options.lacking ?? {},
  })
}

function loneSpan(
  scene: Scene,
  act: LoneActOptions & {
    readonly type: 'human' | 'service'
    readonly names: { readonly action: string; readonly correlation: string }
  },
): SimSpan {
  const { verb = 'update', outcome = 'success', lengthMs = 30, atMs = 500 } = act
  const { who, under, names } = act
  const isHuman = act.type === 'human'
  const startNs = act.startNs ?? scene.startNs + milliseconds(atMs)
  return {
    ...placeOf(scene, under),
    name: `${act.type} ${verb}`,
    kind: 1,
    startNs,
    endNs: startNs + milliseconds(lengthMs),
    status: outcome === 'success' ? 1 : 0,
    scope: isHuman ? 'acme.console' : 'acme.jobs',
    attributes: {
      'whodid.actor.type': act.type,
      'whodid.correlation.id': names.correlation,
      'whodid.delegator.type': 'none',
      'whodid.delegation.chain': [who],
      [isHuman ? 'user.id' : 'service.name']: who,
      'whodid.record.kind': 'tool_call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': isHuman ? 'console' : 'job',
      'whodid.action.id': names.action,
      'whodid.action.verb': verb,
      'whodid.action.outcome': outcome,
      'whodid.resource.id': act.said ?? act.resource,
      ...credentialOf(act.credential),
      ...act.extra,
    },
    resource: { 'service.name': isHuman ? 'console' : who },
  }
}

function placeOf(scene: Scene, under: SimSpan | undefined) {
  return {
    traceId: under?.traceId ?? scene.chance.hex(32),
    spanId: scene.chance.hex(16),
    parentId: under?.spanId ?? '',
  }
}
