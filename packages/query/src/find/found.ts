import type { CandidateKind, MatchCode } from '@whodid/model'

/** Records that fit a clue, under one name: what a statement found. Times RFC 3339. */
export interface Found {
  readonly kind: CandidateKind
  /** The name as it stands in the records: not safe to print. */
  readonly name: string
  readonly code: MatchCode
  readonly why: string
  readonly records: number
  readonly acts: number
  readonly isWhole: boolean
  readonly first: string
  readonly last: string
  /** `<trace>-<span>` */
  readonly newest: string
  /** A line that says more than the name; not safe to print. */
  readonly line?: string
  /** Of a text: what its record is. Absent ones are ''. */
  readonly about?: {
    readonly recordKind: string
    readonly promptHash: string
    readonly resource: string
  }
}

/** The columns that each statement of a search gives for one name. */
export interface FoundRow {
  readonly kind: string
  readonly name: string
  readonly records: string
  readonly acts: string
  readonly first: string
  readonly last: string
  readonly newest: string
}

/** Aggregates, in SQL, the rows of a name: `ts`, `is_act`, `trace_id` and `span_id`. */
export const foundColumns: string = `count() AS records, countIf(is_act) AS acts,
  min(ts) AS first, max(ts) AS last, lower(concat(hex(argMax(trace_id, ts)), '-', hex(argMax(span_id, ts)))) AS newest`
