import type { Position } from './cursor.ts'

/** The least a row needs to be paged: the sort key. */
interface PagedRow {
  readonly ts: string
  readonly trace: string
  readonly span: string
}

/** One page: the records, each with all its copies, and where it ended when another page follows. */
export interface Page<Row> {
  readonly records: readonly [Row, ...Row[]][]
  readonly next: Position | null
}

/** Rows read beyond a page, so that the copies of its last record are seen together. */
const copiesMax = 64

/** How many rows to read for a page of `limit` records. */
export function rowsOfPage(limit: number): number {
  return limit + copiesMax
}

/**
 * Makes a page of the {@link rowsOfPage} first rows behind the page before. A page may be shorter than asked for although
 * another follows, where a record is on the ledger in many copies.
 */
export function takePage<Row extends PagedRow>(rows: readonly Row[], limit: number): Page<Row> {
  const groups = groupCopies(rows)
  const full = rows.length >= rowsOfPage(limit)
  // The last group may go on beyond what was read; alone, it is taken as it is, or no page would ever get past it.
  const whole = full && groups.length > 1 ? groups.slice(0, -1) : groups
  const records = whole.slice(0, limit)
  const last = records.at(-1)?.[0]
  const more = last !== undefined && (full || records.length < groups.length)
  return { records, next: more ? [last.ts, last.trace, last.span] : null }
}

/** Rows in order, those of one record together. */
function groupCopies<Row extends PagedRow>(rows: readonly Row[]): [Row, ...Row[]][] {
  const groups: [Row, ...Row[]][] = []
  for (const row of rows) {
    const group = groups.at(-1)
    const first = group?.[0]
    const same = first?.ts === row.ts && first.trace === row.trace && first.span === row.span
    if (same) group?.push(row)
    else groups.push([row])
  }
  return groups
}
