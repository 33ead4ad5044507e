import type { TailLine } from '@whodid/client'

/** A record of the tail, with its reference. */
export interface LiveRecord extends TailLine {
  readonly span: string
  readonly received_at: string
}

/** Lines of a stream that are looked at. */
const linesMax = 20_000

/**
 * Reads a stream of records to its end, or to a bound, and returns the newest that fit the filters, newest first. A filter is a part of the
 * text, in either case.
 */
export async function tailRows(
  answered: Response,
  filters: Readonly<Record<string, string>>,
  rowsMax: number,
): Promise<LiveRecord[]> {
  const rows: LiveRecord[] = []
  let lines = 0
  let rest = ''
  // The platform types the chunks of a body as any; they are bytes (Fetch §2.2.4).
  const body = answered.body as AsyncIterable<Uint8Array> | null
  const decoder = new TextDecoder()
  for await (const chunk of body ?? []) {
    rest += decoder.decode(chunk, { stream: true })
    const whole = rest.split('\n')
    rest = whole.pop() ?? ''
    for (const line of whole) {
      lines += 1
      const row = rowOf(line)
      if (row !== undefined && fits(row, filters)) rows.push(row)
      if (rows.length > 2 * rowsMax) rows.splice(0, rows.length - rowsMax)
    }
    if (lines > linesMax) break
  }
  return rows.slice(-rowsMax).toReversed()
}

function rowOf(line: string): LiveRecord | undefined {
  if (line === '' || line.startsWith('{"_')) return undefined
  // Each other line of the API's stream is a record.
  return JSON.parse(line) as LiveRecord
}

function fits(row: LiveRecord, filters: Readonly<Record<string, string>>): boolean {
  const texts: Record<string, string | null> = {
    kind: row.record_kind,
    agent: `${row.template ?? ''} ${row.instance ?? ''} ${row.delegator ?? ''}`,
    verb: row.verb,
    resource: row.resource,
  }
  return Object.entries(filters).every(
    ([name, part]) => part === '' || (texts[name] ?? '').toLowerCase().includes(part.toLowerCase()),
  )
}
