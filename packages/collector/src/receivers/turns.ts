/** Gives its place back; a second call does nothing. */
export type EndTurn = () => void

/**
 * Places for messages that are being read, because the library holds a whole message before we see any of it: as many
 * at once as there are places, the others in the order they came. The caller bounds the number that may wait.
 */
export class Turns {
  readonly #waiting = new Set<() => void>()
  #freeCount: number

  constructor(placeCount: number) {
    this.#freeCount = placeCount
  }

  /** Calls `begin` as soon as a place is free. The returned function gives the place back, or stops waiting for one. */
  take(begin: () => void): EndTurn {
    let hasPlace = false
    let isOver = false
    const start = (): void => {
      hasPlace = true
      begin()
    }
    if (this.#freeCount > 0) {
      this.#freeCount -= 1
      start()
    } else this.#waiting.add(start)
    return () => {
      if (isOver) return
      isOver = true
      if (hasPlace) this.#pass()
      else this.#waiting.delete(start)
    }
  }

  #pass(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#freeCount += 1
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
