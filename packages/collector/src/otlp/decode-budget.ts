import { WhodidError } from '@whodid/model'

/** The parts of a request that could not be read and were left out of it. */
export interface Unread {
  /** Attributes, events and links; the span or log record they were of is there, and counts them as dropped. */
  readonly partCount: number
  /** Spans and log records, of which nothing is there. */
  readonly itemCount: number
  /** The reasons that the first few spans and log records could not be read. */
  readonly reasons: readonly string[]
}

/** Reasons kept of one request. */
const reasonsMax = 5

/**
 * The budget that is left for decoding one request, and the parts that could not be read. A small body may name millions of empty
 * messages; and one malformed value costs the item that holds it, never the request.
 */
export class DecodeBudget {
  readonly valueDepthMax: number
  readonly #elementsMax: number
  readonly #reasons: string[] = []
  #elements = 0
  #partCount = 0
  #itemCount = 0

  constructor(limits: { readonly elementsMax: number; readonly valueDepthMax: number }) {
    this.valueDepthMax = limits.valueDepthMax
    this.#elementsMax = limits.elementsMax
  }

  /** The parts that could not be read so far: grows until the last item has been read. */
  get unread(): Unread {
    return { partCount: this.#partCount, itemCount: this.#itemCount, reasons: this.#reasons }
  }

  /** Counts messages, attributes or values; throws `body_too_large` past the bound. */
  take(count = 1): void {
    this.#elements += count
    if (this.#elements > this.#elementsMax)
      throw new WhodidError(
        'body_too_large',
        `the body expected at most ${this.#elementsMax} messages, attributes and values; got more`,
      )
  }

  /** Throws `invalid_body` when a value is nested deeper than the bound. */
  checkDepth(depth: number): void {
    if (depth > this.valueDepthMax)
      throw new WhodidError(
        'invalid_body',
        `an attribute's value expected at most ${this.valueDepthMax} levels; got more`,
      )
  }

  /** Counts an attribute, an event or a link that is left out because it cannot be read. Throws any other failure. */
  leaveOut(thrown: unknown): void {
    refuseOthers(thrown)
    this.#partCount += 1
  }

  /** Counts a span or a log record that cannot be read. Throws any other failure. */
  refuse(thrown: unknown): void {
    const { message } = refuseOthers(thrown)
    this.#itemCount += 1
    if (this.#reasons.length < reasonsMax) this.#reasons.push(message)
  }

  /** Returns the result of `read`; undefined, and counted as left out, when it throws. */
  attempt<Part>(read: () => Part): Part | undefined {
    try {
      return read()
    } catch (thrown) {
      this.leaveOut(thrown)
      return undefined
    }
  }
}

/** Returns the error of a malformed part, which costs that part alone. Throws any other, such as a bound of the request. */
function refuseOthers(thrown: unknown): WhodidError {
  if (thrown instanceof WhodidError && thrown.code === 'invalid_body') return thrown
  throw thrown
}
