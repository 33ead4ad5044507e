/** One figure, or why there is none. */
export interface Measure {
  readonly name: string
  readonly value: number | null
  readonly unit:
    | 'ratio'
    | 'share'
    | 'count'
    | 'us'
    | 'ms'
    | 's'
    | 's/million'
    | 'bytes'
    | 'bytes/s'
    | 'spans/s'
    | 'rows/s'
    | 'answers/s'
  /** What was measured, and what it was compared with. */
  readonly of: string
  /** Lowest and highest of the repeated runs whose median the value is. */
  readonly spread?: readonly [number, number]
  /** Why `value` is null. */
  readonly why?: string
}

/** How a bench is run. */
export interface BenchOptions {
  /** Seconds instead of minutes: proves that the bench works, and its figures prove nothing. */
  readonly quick: boolean
  /** Minutes of full load in place of the comparison; undefined for the comparison. */
  readonly soakMinutes: number | undefined
  /** Spans to which the ask bench fills its ledger; undefined for its default. */
  readonly rowsMax: number | undefined
  /** Where the ask bench keeps the ledgers it has filled, to measure them later or again; undefined for a directory that goes with it. */
  readonly ledgersDir: string | undefined
  /** Whether the ask bench only fills them. */
  readonly fillOnly: boolean
  /** Told what is going on; standard output belongs to the result. */
  readonly say: (line: string) => void
}

/** Takes the measures of one bench. What cannot be taken is a measure without a value; throws only when nothing can be. */
export type Bench = (options: BenchOptions) => Promise<readonly Measure[]>
