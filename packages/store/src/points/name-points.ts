import { collectRows, rowsMax } from './collect-rows.ts'
import type { RawAnswer } from './collect-rows.ts'
import type { FoundRows } from './gather-keys.ts'
import type { NamedClaim, NamedPlace, PlacesWanted, TracePlace } from './point-rows.ts'

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

const nsPerHour = 3_600_000_000_000n
const hourMax = BigInt(Math.floor(0xff_ff_ff_ff / 3600))

/** The hour of an instant as a literal; beyond what the column can hold, its end. */
function hourOf(unixNs: bigint): string {
  const hour = unixNs / nsPerHour
  const [least, most] = [hour < 0n ? 0n : hour, hourMax]
  return `toDateTime(${(least > most ? most : least) * 3600n}, 'UTC')`
}

/** Returns the condition, the order and the bound of the newest occurrences of a name: digits. */
export function placesCondition({ key, limit, since, until }: PlacesWanted): string {
  const conditions = [`key = ${key}`]
  if (until !== null) conditions.push(`hour <= ${hourOf(until)}`)
  if (since !== null) conditions.push(`hour >= ${hourOf(since)}`)
  return `${conditions.join(' AND ')} ORDER BY key DESC, hour DESC LIMIT ${limit}`
}

export function placesSql(conditions: readonly string[]): string {
  const parts = conditions.map(
    (condition, place) =>
      `(SELECT toUInt8(${place}), toUInt32(hour), trace_id FROM whodid.threads WHERE ${condition})`,
  )
  return `${parts.join('\nUNION ALL\n')}\nFORMAT RowBinary`
}

export function readPlaces(keys: readonly string[], answer: RawAnswer): FoundRows<TracePlace> {
  // Each name has its own bound, so a statement is never cut.
  return collectRows(answer, Number.POSITIVE_INFINITY, (reader) => {
    const key = keys[reader.uint8()] ?? ''
    return { key, row: { hour: reader.uint32(), trace: reader.hex(16) } }
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
