/** How values are spread, as a histogram of Prometheus has it. */
export interface Distribution {
  /** Upper bounds, ascending; the last bucket has none. */
  readonly bounds: readonly number[]
  /** How many values were at most as large as each bound, and in the end all of them. */
  readonly cumulativeCounts: readonly number[]
  readonly sum: number
}

/** Milliseconds; from a fast insert to an outage. */
const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000, 600_000]

/** Counts durations, in milliseconds, into fixed buckets. */
export class Histogram {
  readonly #counts: number[] = Array.from({ length: boundsMs.length + 1 }, () => 0)
  #sum = 0

  add(valueMs: number): void {
    const found = boundsMs.findIndex((bound) => valueMs <= bound)
    const bucket = found === -1 ? boundsMs.length : found
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sum += valueMs
  }

  read(): Distribution {
    let total = 0
    const cumulativeCounts = this.#counts.map((count) => (total += count))
    return { bounds: boundsMs, cumulativeCounts, sum: this.#sum }
  }
}
