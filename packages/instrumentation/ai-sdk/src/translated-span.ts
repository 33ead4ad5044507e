import { SpanStatusCode } from '@opentelemetry/api'
import type { Attributes, AttributeValue, Span, SpanStatus } from '@opentelemetry/api'

/** What a span had said when it ended. */
export interface Ending {
  readonly attributes: Attributes
  readonly error: { readonly value: unknown } | undefined
}

/** A span of the AI SDK that is also heard: everything goes on to the span itself, and its end to `ended`, once. */
export class TranslatedSpan implements Span {
  readonly #span: Span
  readonly #ended: (ending: Ending) => void
  readonly #said: Attributes = {}
  #error: { readonly value: unknown } | undefined
  #isEnded = false

  constructor(span: Span, ended: (ending: Ending) => void) {
    this.#span = span
    this.#ended = ended
  }

  spanContext(): ReturnType<Span['spanContext']> {
    return this.#span.spanContext()
  }

  /** True: it is heard, whatever becomes of the span. */
  isRecording(): boolean {
    return true
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#said[key] = value
    this.#span.setAttribute(key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.#said, attributes)
    this.#span.setAttributes(attributes)
    return this
  }

  setStatus(status: SpanStatus): this {
    if (status.code === SpanStatusCode.ERROR)
      this.#error ??= { value: new Error(status.message ?? 'failed') }
    this.#span.setStatus(status)
    return this
  }

  recordException(...given: Parameters<Span['recordException']>): void {
    const [exception] = given
    this.#error = { value: errorOf(exception) }
    this.#span.recordException(...given)
  }

  addEvent(...given: Parameters<Span['addEvent']>): this {
    this.#span.addEvent(...given)
    return this
  }

  addLink(...given: Parameters<Span['addLink']>): this {
    this.#span.addLink(...given)
    return this
  }

  addLinks(...given: Parameters<Span['addLinks']>): this {
    this.#span.addLinks(...given)
    return this
  }

  updateName(name: string): this {
    this.#span.updateName(name)
    return this
  }

  end(...given: Parameters<Span['end']>): void {
    this.#span.end(...given)
    if (this.#isEnded) return
    this.#isEnded = true
    this.#ended({ attributes: this.#said, error: this.#error })
  }
}

/** The error that an exception of OpenTelemetry describes. */
function errorOf(exception: Parameters<Span['recordException']>[0]): unknown {
  if (typeof exception === 'string' || exception instanceof Error) return exception
  const error = new Error(exception.message ?? '')
  error.name = exception.name ?? 'Error'
  return error
}
