import { context, isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api'
import type { Span, SpanContext } from '@opentelemetry/api'

const noSpan: SpanContext = {
  traceId: '00000000000000000000000000000000',
  spanId: '0000000000000000',
  traceFlags: TraceFlags.NONE,
}

/**
 * Stands for a scope in the application's OpenTelemetry context: what the application starts within becomes a child of the
 * record that the scope stands at now. What the application writes to the active span goes to its own span around the scope,
 * as it did before there was a scope.
 */
export class ScopeSpan implements Span {
  readonly #at: () => SpanContext | undefined
  readonly #outer: Span | undefined

  /** `at` gives the record's span each time it is asked, because a prompt in place moves it. `active` is the span outside of the scope. */
  constructor(at: () => SpanContext | undefined, active: Span | undefined) {
    this.#at = at
    this.#outer = active instanceof ScopeSpan ? active.#outer : active
  }

  /** False when no span of the application's stands above in this trace: its sampler then decides as for a root. */
  get isBelowApplication(): boolean {
    return this.#outer !== undefined && this.#outer.spanContext().traceId === this.#at()?.traceId
  }

  spanContext(): SpanContext {
    const at = this.#at()
    if (at === undefined) return this.#outer?.spanContext() ?? noSpan
    // The application's own decision holds on for its own spans; the ledger's records are not sampled.
    const traceFlags = this.isBelowApplication
      ? (this.#outer?.spanContext().traceFlags ?? TraceFlags.SAMPLED)
      : TraceFlags.SAMPLED
    return { ...at, traceFlags }
  }

  isRecording(): boolean {
    return this.#outer?.isRecording() ?? false
  }

  setAttribute(...given: Parameters<Span['setAttribute']>): this {
    this.#outer?.setAttribute(...given)
    return this
  }

  setAttributes(...given: Parameters<Span['setAttributes']>): this {
    this.#outer?.setAttributes(...given)
    return this
  }

  addEvent(...given: Parameters<Span['addEvent']>): this {
    this.#outer?.addEvent(...given)
    return this
  }

  addLink(...given: Parameters<Span['addLink']>): this {
    this.#outer?.addLink(...given)
    return this
  }

  addLinks(...given: Parameters<Span['addLinks']>): this {
    this.#outer?.addLinks(...given)
    return this
  }

  setStatus(...given: Parameters<Span['setStatus']>): this {
    this.#outer?.setStatus(...given)
    return this
  }

  updateName(...given: Parameters<Span['updateName']>): this {
    this.#outer?.updateName(...given)
    return this
  }

  recordException(...given: Parameters<Span['recordException']>): void {
    this.#outer?.recordException(...given)
  }

  end(): void {
    // Whoever started the application's span ends it.
  }
}

/** The application's active span; undefined where there is none, or a scope's own stands nearer. */
export function applicationSpan(): Span | undefined {
  const span = trace.getSpan(context.active())
  if (span === undefined || span instanceof ScopeSpan || !isSpanContextValid(span.spanContext()))
    return undefined
  return span
}
