import { collectRows, rowsMax } from './collect-rows.ts'
import type { RawAnswer } from './collect-rows.ts'
import type { FoundRows } from './gather-keys.ts'
import type { NamedClaim, NamedPlace } from './point-rows.ts'

export function namesSql(keys: readonly string[]): string {
  return `SELECT key, toUInt32(hour), trace_id, template_id, exporter, received_at
FROM whodid.threads WHERE key IN (${keys.join(', ')})
LIMIT ${rowsMax + 1} FORMAT RowBinary`
}

export function readNames(answer: RawAnswer): FoundRows<NamedPlace> {
  return collectRows(answer, rowsMax, (reader) => {
    const row = {
      key: reader.uint64(),
      hour: reader.uint32(),
      trace: reader.hex(16),
      template: reader.text(),
      exporter: reader.text(),
      receivedUnixMs: reader.int64(),
    }
    return { key: String(row.key), row }
  })
}

/** A part for each time of receipt that callers ask for: mostly none. */
export function firstSql(wanted: readonly string[]): string {
  const byTime = new Map<string, string[]>()
  for (const text of wanted) {
    const [key = '', recorded = ''] = text.split('<=')
    byTime.set(recorded, [...(byTime.get(recorded) ?? []), key])
  }
  const parts = [...byTime].map(([recorded, keys]) => {
    const isKnown =
      recorded === '' ? '' : ` AND received_at <= fromUnixTimestamp64Nano(${recorded}, 'UTC')`
    return `SELECT '${recorded}', key, template_id, exporter, min(received_at) FROM whodid.threads WHERE key IN (${keys.join(', ')})${isKnown} GROUP BY key, template_id, exporter LIMIT ${rowsMax + 1}`
  })
  return `${parts.join('\nUNION ALL\n')}\nFORMAT RowBinary`
}

export function readFirst(answer: RawAnswer): FoundRows<NamedClaim> {
  return collectRows(answer, rowsMax, (reader) => {
    const recorded = reader.text()
    const row = {
      key: reader.uint64(),
      template: reader.text(),
      exporter: reader.text(),
      receivedUnixMs: reader.int64(),
    }
    return { key: `${row.key}<=${recorded}`, row }
  })
}
