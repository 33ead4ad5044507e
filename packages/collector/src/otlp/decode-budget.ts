import { WhodidError } from '@whodid/model'

/** What decoding one request may still use: a small body may name millions of empty messages. */
export class DecodeBudget {
  readonly valueDepthMax: number
  readonly #elementsMax: number
  #elements = 0

  constructor(limits: { readonly elementsMax: number; readonly valueDepthMax: number }) {
    this.valueDepthMax = limits.valueDepthMax
    this.#elementsMax = limits.elementsMax
  }

  /** Counts one message, attribute or value; throws `body_too_large` past the bound. */
  take(): void {
    this.#elements += 1
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
}
