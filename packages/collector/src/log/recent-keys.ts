/**
 * The keys of records that are durable, in two generations: when the younger is full it becomes the older, and the older
 * is forgotten. Exact for the last `keysMax` records at least; holds twice as many at most.
 */
export class RecentKeys {
  readonly #keysMax: number
  #younger = new Set<string>()
  #older = new Set<string>()

  constructor(keysMax: number) {
    this.#keysMax = keysMax
  }

  has(key: string): boolean {
    return this.#younger.has(key) || this.#older.has(key)
  }

  add(key: string): void {
    this.#younger.add(key)
    if (this.#younger.size < this.#keysMax) return
    this.#older = this.#younger
    this.#younger = new Set()
  }
}
