/** A map that holds a fixed number of entries. The oldest makes room for a new one, and is given to `onEvicted`. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #max: number
  readonly #onEvicted: (value: Value) => void

  constructor(max: number, onEvicted: (value: Value) => void = () => undefined) {
    this.#max = max
    this.#onEvicted = onEvicted
  }

  /** Sets an entry; one that stood under the key is evicted. */
  set(key: Key, value: Value): void {
    const before = this.take(key)
    if (before !== undefined) this.#onEvicted(before)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#max) break
      const evicted = this.take(oldest)
      if (evicted !== undefined) this.#onEvicted(evicted)
    }
    this.#entries.set(key, value)
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  /** Removes an entry and returns it. */
  take(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    this.#entries.delete(key)
    return value
  }

  /** The entry, where there is exactly one. */
  only(): Value | undefined {
    const [first] = this.#entries.values()
    return this.#entries.size === 1 ? first : undefined
  }

  keys(): IterableIterator<Key> {
    return this.#entries.keys()
  }
}
