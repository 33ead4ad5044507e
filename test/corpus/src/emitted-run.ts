import type { Act } from './act.ts'
import type { ExporterName } from './corpus-exporter.ts'
import type { Scene } from './scene.ts'
import { milliseconds, spanRefOf } from './sim-span.ts'
import type { Attributes, SimSpan } from './sim-span.ts'
import type { Lacking } from './truth.ts'

/** A span of some emitter, as it is told. */
export interface EmittedSpan {
  readonly name: string
  readonly attributes: Attributes
  readonly under?: SimSpan
  readonly scope?: string
  readonly kind?: number
  readonly service?: string
  readonly links?: readonly SimSpan[]
  readonly by?: ExporterName
  /** Stands in a trace of its own though it is not the first. */
  readonly newTrace?: boolean
}

/** What is true of an act of an emitted run. */
export interface EmittedTruth {
  readonly template: string
  readonly instance?: string
  /** The human it is for. */
  readonly for?: string
  readonly prompt?: SimSpan
  /** The way to the act, without the act. */
  readonly way: readonly SimSpan[]
  readonly beside?: readonly SimSpan[]
  readonly verb?: string
  readonly lacking?: Lacking
}

/** A run of an agent told by some emitter that knows nothing of Whodid: one span after another. */
export class EmittedRun {
  readonly #scene: Scene
  #traceId: string
  #clockNs: bigint

  constructor(scene: Scene) {
    this.#scene = scene
    this.#traceId = scene.chance.hex(32)
    this.#clockNs = scene.startNs
  }

  /** The next span begins half a second later. */
  emit(told: EmittedSpan): SimSpan {
    if (told.newTrace === true) this.#traceId = this.#scene.chance.hex(32)
    this.#clockNs += milliseconds(500)
    return this.#scene.emit(
      {
        traceId: this.#traceId,
        spanId: this.#scene.chance.hex(16),
        parentId: told.under?.spanId ?? '',
        name: told.name,
        kind: told.kind ?? 1,
        startNs: this.#clockNs,
        endNs: this.#clockNs + milliseconds(100),
        status: 1,
        scope: told.scope ?? 'app',
        attributes: told.attributes,
        links: told.links ?? [],
        resource: { 'service.name': told.service ?? 'shop-assistant' },
      },
      told.by ?? 'fleet',
    )
  }

  /** Registers a span as an act. */
  act(span: SimSpan, truth: EmittedTruth): Act {
    const open = 'no record names a running instance'
    return this.#scene.act({
      span,
      subjects: [spanRefOf(span)],
      names: {},
      verb: truth.verb ?? 'execute',
      outcome: 'success',
      truth: {
        verdict: 'agent',
        who: null,
        instance: truth.instance ?? null,
        template: truth.template,
        delegator: truth.for === undefined ? null : { id: truth.for, type: 'human' },
        prompt: truth.prompt === undefined ? null : spanRefOf(truth.prompt),
        chain: [...truth.way, span].map(spanRefOf),
        beside: (truth.beside ?? []).map(spanRefOf),
      },
      lacking: {
        ...(truth.instance === undefined ? { instance: open } : {}),
        ...truth.lacking,
      },
    })
  }
}

/** An agent's run in OpenTelemetry's names. */
export function invoked(
  name: string,
  more: Attributes = {},
): Pick<EmittedSpan, 'name' | 'attributes'> {
  return {
    name: `invoke_agent ${name}`,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': name,
      ...more,
    },
  }
}

/** A tool's call in OpenTelemetry's names. */
export function called(
  tool: string,
  more: Attributes = {},
): Pick<EmittedSpan, 'name' | 'attributes'> {
  return {
    name: `execute_tool ${tool}`,
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool, ...more },
  }
}

/** What a user said, as OpenTelemetry's messages have it. */
export function said(text: string): Attributes {
  return {
    'gen_ai.input.messages': JSON.stringify([
      { role: 'user', parts: [{ type: 'text', content: text }] },
    ]),
  }
}
