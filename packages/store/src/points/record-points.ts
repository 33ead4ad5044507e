import { leafOfRow, nameKey, readColumns, recordFields } from '@whodid/model'
import type { ByteReader } from '@whodid/model'
import { boundsOfEnd, boundsOfReceipt } from './act-points.ts'
import { bytesSql, collectRows, rowsMax } from './collect-rows.ts'
import type { RawAnswer } from './collect-rows.ts'
import type { FoundRows } from './gather-keys.ts'
import type { StoredRow, TracePlace, UnnamedWanted } from './point-rows.ts'

const hourSql = 'toUInt32(toStartOfHour(ts))'
const columnsSql = recordFields
  .map(({ column, kind }) => (kind === 'time' ? `toUnixTimestamp64Nano(${column})` : column))
  .join(', ')

/** Keys stand in the text of a statement: they are digits and hex, never a sender's words. */
export function recordsSql(keys: readonly string[]): string {
  const places = keys.map((key) => `(${key.slice(32)}, ${bytesSql(key.slice(0, 32))})`)
  return `SELECT ${hourSql}, ${columnsSql}
FROM whodid.spans WHERE (toStartOfHour(ts), trace_id) IN (${places.join(', ')})
LIMIT ${rowsMax + 1} FORMAT RowBinary`
}

/** Columns that hold the names of a kind: an act without the name has another value in each. A name's words stay out of the text. */
const unnamedColumns = { template: ['template_id'], delegator: ['delegator_id', 'user_id'] }

/** Returns the condition, the order and the bound of the acts in some places that do not carry a name: digits, hex and a word. */
export function unnamedCondition(wanted: UnnamedWanted): string {
  const { kind, key, places, since, until, limit } = wanted
  const conditions = [
    `(toStartOfHour(ts), trace_id) IN (${places.map(({ hour, trace }) => `(${hour}, ${bytesSql(trace)})`).join(', ')})`,
    `(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')`,
    ...unnamedColumns[kind].map((column) => `sipHash64('${kind}', ${column}) != ${key}`),
    ...boundsOfReceipt(wanted),
    ...boundsOfEnd(wanted),
  ]
  if (since !== null) conditions.push(`ts >= fromUnixTimestamp64Nano(${since}, 'UTC')`)
  if (until !== null) conditions.push(`ts <= fromUnixTimestamp64Nano(${until}, 'UTC')`)
  return `${conditions.join(' AND ')} ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id LIMIT 1 BY trace_id, span_id LIMIT ${limit}`
}

export function unnamedSql(conditions: readonly string[]): string {
  const parts = conditions.map(
    (condition, place) =>
      `(SELECT toUInt8(${place}), ${hourSql}, ${columnsSql} FROM whodid.spans WHERE ${condition})`,
  )
  return `${parts.join('\nUNION ALL\n')}\nFORMAT RowBinary`
}

export function readUnnamed(keys: readonly string[], answer: RawAnswer): FoundRows<StoredRow> {
  // Each name has its own bound, so a statement is never cut.
  return collectRows(answer, Number.POSITIVE_INFINITY, (reader) => {
    const key = keys[reader.uint8()] ?? ''
    return { key, row: readRow(reader) }
  })
}

/** The most places of a name whose records are read; with more, those of some are. */
const placesOfNameMax = 32

export function recordsUnderSql(names: readonly string[]): string {
  const keys = names.map((text) => {
    const end = text.indexOf(':')
    return nameKey(text.slice(0, end), text.slice(end + 1))
  })
  return `SELECT ${hourSql}, ${columnsSql}
FROM whodid.spans
WHERE (toStartOfHour(ts), trace_id) IN
  (SELECT DISTINCT hour, trace_id FROM whodid.threads WHERE key IN (${keys.join(', ')}) LIMIT ${placesOfNameMax * keys.length + 1})
LIMIT ${rowsMax + 1} FORMAT RowBinary`
}

/** The columns that hold the names of each kind. */
const nameColumns: ReadonlyMap<string, readonly string[]> = new Map([
  ['trace', ['trace_id']],
  ['action', ['action_id']],
  ['template', ['template_id']],
  ['instance', ['instance_id']],
  ['correlation', ['correlation_id']],
  ['session', ['session_id']],
  ['conversation', ['conversation_id']],
  ['tool', ['tool_name']],
])

/** Gives each name the records of the places where a record carries it: two names may meet in one key. */
export function readRecordsUnder(
  names: readonly string[],
  answer: RawAnswer,
): FoundRows<StoredRow> {
  const { rows: places, ...found } = readRecords(answer)
  const isCut = found.isCut || places.size > placesOfNameMax * names.length
  const kinds = new Set(names.map((text) => text.slice(0, text.indexOf(':'))))
  const columns = [...kinds].flatMap((kind) =>
    (nameColumns.get(kind) ?? []).map((column) => ({ kind, column })),
  )
  const rows = new Map<string, StoredRow[]>(names.map((text) => [text, []]))
  for (const place of places.values()) {
    const carried = place.flatMap((row) =>
      columns.map(({ kind, column }) => `${kind}:${String(row.columns[column])}`),
    )
    for (const text of new Set(carried)) rows.get(text)?.push(...place)
  }
  return { ...found, rows, isCut }
}

export function placeKey({ hour, trace }: TracePlace): string {
  return `${trace}${hour}`
}

export function readRecords(answer: RawAnswer): FoundRows<StoredRow> {
  return collectRows(answer, rowsMax, (reader) => {
    const row = readRow(reader)
    return { key: placeKey(row), row }
  })
}

function readRow(reader: ByteReader): StoredRow {
  const hour = reader.uint32()
  const start = reader.at
  const columns = readColumns(reader)
  const trace = String(columns['trace_id']).padStart(32, '0')
  return { hour, trace, columns, leaf: leafOfRow(reader.since(start)) }
}
