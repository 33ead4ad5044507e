/** Runs or calls that a framework began and has not ended; of more, the oldest is given up. */
const openMax = 16_384

/**
 * What a framework has begun and not ended, under the framework's own IDs. Bounded, because a framework that forgets to end a
 * run must not fill the process's memory.
 *
 * @example
 * const runs = new OpenCalls<OpenRun>((run) => run.end({ value: new Error('never ended') }))
 */
export class OpenCalls<T> {
  readonly #open = new Map<string, T>()
  readonly #giveUp: (value: T) => void

  /** `giveUp` ends the oldest where there are too many. */
  constructor(giveUp: (value: T) => void) {
    this.#giveUp = giveUp
  }

  get(id: string): T | undefined {
    return this.#open.get(id)
  }

  add(id: string, value: T): void {
    if (this.#open.size >= openMax) {
      const [oldest = ''] = this.#open.keys()
      const given = this.take(oldest)
      if (given !== undefined) this.#giveUp(given)
    }
    this.#open.set(id, value)
  }

  /** Removes it and returns it. */
  take(id: string): T | undefined {
    const value = this.#open.get(id)
    this.#open.delete(id)
    return value
  }
}

/** Stands for the error of a run or a call whose end the framework never told. */
export class NeverEnded extends Error {
  override readonly name = 'NeverEnded'
}
