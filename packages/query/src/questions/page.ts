import type { Position } from './cursor.ts'

/** The sort key, which every paged row needs. */
interface PagedRow {
  readonly ts: string
  readonly trace: string
  readonly span: string
}

/** One page: its records, each with all its copies, and its end when another page follows. */
export interface Page<Row> {
  readonly records: readonly [Row, ...Row[]][]
  readonly next: Position | null
}

/** The number of rows read beyond a page, so that the copies of its last record are seen together. */
const copiesMax = 64

/** Returns the number of rows to read for a page of `limit` records. */
export function rowsOfPage(limit: number): number {
  return limit + copiesMax
}

/**
 * Makes a page from the first {@link rowsOfPage} rows after the page before. A page may be shorter than asked for although
 * another follows, where the ledger holds many copies of a record.
 */
export function takePage<Row extends PagedRow>(rows: readonly Row[], limit: number): Page<Row> {
  const groups = groupCopies(rows)
  const full = rows.length >= rowsOfPage(limit)
  // The last group may continue beyond the rows read. A sole group is used as it is; otherwise no page would get past it.
  const whole = full && groups.length > 1 ? groups.slice(0, -1) : groups
  const records = whole.slice(0, limit)
  const last = records.at(-1)?.[0]
  const more = last !== undefined && (full || records.length < groups.length)
  return { records, next: more ? [last.ts, last.trace, last.span] : null }
}

/** Groups ordered rows by record. */
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
