import type { FindingSeverity } from '@whodid/model'

/** A number that decides if a detection fires. It reaches the query as a typed parameter, and stands with each hit. */
export interface Threshold {
  readonly name: string
  readonly type: 'UInt64' | 'Float64'
  readonly value: number
  readonly meaning: string
}

/**
 * A rule that finds acts to look at: what stands in one file of `clickhouse/detections/`. Its query gives a row a hit, with the columns
 * `subject` (a handle), `hit` (the same text however often the hit is found), `acted_at`, `text`, `spans` and `measured`.
 */
export interface Detection {
  /** The name of its file without `.sql`. */
  readonly id: string
  readonly version: number
  readonly title: string
  readonly severity: FindingSeverity
  /** Entries of the OWASP Top 10 for agentic applications, such as `ASI03`. */
  readonly owasp: readonly string[]
  /** Techniques of MITRE ATLAS, such as `AML.T0012`. */
  readonly atlas: readonly string[]
  /** Seconds between two runs at least; 0 runs it at each step of the runner. */
  readonly everySeconds: number
  /** What must be on record for it to find anything: it is not run where nothing was imported in the last two days. */
  readonly needs: 'imports' | ''
  /** The question that it answers. */
  readonly question: string
  /** The acts that it cannot see, and those that it takes for a hit although they are none. */
  readonly limits: string
  /** The steps to take about a hit, and to have none. */
  readonly advice: string
  /** Hits that it has in its test cases. */
  readonly expects: number
  readonly thresholds: readonly Threshold[]
  /** One SELECT, with the parameters `since` and `until`, and its thresholds. */
  readonly sql: string
  /** SHA-256 of `sql`, hex. */
  readonly queryHash: string
}
