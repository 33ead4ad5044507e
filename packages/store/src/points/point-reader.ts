import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import {
  ByteReader,
  formatInstant,
  leafOfRow,
  nameKey,
  readColumns,
  recordFields,
} from '@whodid/model'
import type { RecordRow } from '@whodid/model'
import { storeError } from '../store-error.ts'
import { gatherKeys, keyBoundsDefault } from './gather-keys.ts'
import type { FoundRows, PointRows } from './gather-keys.ts'

/** Where some records of a trace are: an hour of the ledger's sort key, in seconds since 1970, and the trace's ID in hex. */
export interface TracePlace {
  readonly hour: number
  readonly trace: string
}

/** A record as it stands in the ledger now. */
export interface StoredRow extends TracePlace {
  readonly columns: RecordRow
  /** The leaf hash of the row's bytes, hex. */
  readonly leaf: string
}

/** A name that records carry: the kind of a handle, and its value. */
export interface RecordName {
  readonly kind: string
  readonly name: string
}

/** An occurrence of a name: a row of `whodid.threads`. */
export interface NamedPlace extends TracePlace {
  readonly key: bigint
  /** Of an instance: the template and the exporter that claim it. */
  readonly template: string
  readonly exporter: string
  /** Milliseconds since 1970. */
  readonly receivedUnixMs: bigint
}

/** The acts under one name, newest first, of which at most `limit` are returned. */
export interface ActsWanted {
  /** See `nameKey`. */
  readonly key: bigint
  readonly limit: number
  /** Bounds of the act's time and of its receipt, included; nanoseconds since 1970. */
  readonly since: bigint | null
  readonly until: bigint | null
  readonly recorded: bigint | null
  /** Leaves out acts that failed or were denied, and those with another verb; '' is any verb but `read`. */
  readonly ended: { readonly verb: string } | null
}

/** An act under a name: a row of `whodid.acts`. */
export interface NamedAct {
  /** The name that it was found under: two names may meet in one key. */
  readonly name: string
  /** What a list says of the act, by column of a record; times RFC 3339. */
  readonly columns: Readonly<Record<string, string>>
}

/** A text block: its name in hex, and its bytes. */
export interface StoredTextBlock {
  readonly ref: string
  readonly sealed: Buffer
}

/**
 * Reads rows by their keys, in short statements over few columns. Callers of one tenant who ask at the same moment share a
 * statement. Each method throws as `Selector.select` does.
 */
export interface PointReader {
  /** The records of all places where some names occur, in no order. */
  recordsUnder(tenant: string, names: readonly RecordName[]): Promise<PointRows<StoredRow>>
  /** The records of some places, in no order. */
  records(tenant: string, places: readonly TracePlace[]): Promise<PointRows<StoredRow>>
  /** The occurrences of some names, see `nameKey`. */
  names(tenant: string, keys: readonly bigint[]): Promise<PointRows<NamedPlace>>
  /** The newest acts under a name, in their order. */
  acts(tenant: string, wanted: ActsWanted): Promise<PointRows<NamedAct>>
  /** Text blocks by their names in hex. */
  textBlocks(tenant: string, refs: readonly string[]): Promise<PointRows<StoredTextBlock>>
}

/** The most rows that one statement returns; with one more it is cut. */
const rowsMax = { records: 4_000, names: 4_000, textBlocks: 4_000 } as const

const settings: ClickHouseSettings = {
  // An error on the way is then an error, not half an answer.
  wait_end_of_query: 1,
  max_threads: 1,
  // Rows in order are read until enough are found, a block at a time.
  max_block_size: '512',
}

/** Makes the reader of a client that is logged in as the ledger's reader. */
export function createPointReader(client: ClickHouseClient): PointReader {
  const run = (tenant: string, sql: string): Promise<RawAnswer> => ask(client, tenant, sql)
  const records = byTenant((tenant) =>
    gatherKeys<StoredRow>(async (keys) => readRecords(await run(tenant, recordsSql(keys)))),
  )
  const under = byTenant((tenant) =>
    gatherKeys<StoredRow>(async (keys) =>
      readRecordsUnder(keys, await run(tenant, recordsUnderSql(keys))),
    ),
  )
  const names = byTenant((tenant) =>
    gatherKeys<NamedPlace>(async (keys) => readNames(await run(tenant, namesSql(keys)))),
  )
  const textBlocks = byTenant((tenant) =>
    gatherKeys<StoredTextBlock>(async (keys) =>
      readTextBlocks(await run(tenant, textBlocksSql(keys))),
    ),
  )
  const acts = byTenant((tenant) =>
    gatherKeys<NamedAct>(async (keys) => readActs(keys, await run(tenant, actsSql(keys))), {
      ...keyBoundsDefault,
      keysMax: actKeysMax,
    }),
  )
  return {
    acts: (tenant, wanted) => acts(tenant)([actsCondition(wanted)]),
    records: (tenant, places) => records(tenant)(places.map(placeKey)),
    recordsUnder: (tenant, wanted) =>
      under(tenant)(wanted.map(({ kind, name }) => `${kind}:${name}`)),
    names: (tenant, keys) => names(tenant)(keys.map(String)),
    textBlocks: (tenant, refs) => textBlocks(tenant)(refs),
  }
}

/** Tenants whose readers are kept; the one that was made first goes for another. */
const tenantsMax = 1_000

function byTenant<Reader>(make: (tenant: string) => Reader): (tenant: string) => Reader {
  const made = new Map<string, Reader>()
  return (tenant) => {
    let reader = made.get(tenant)
    if (reader === undefined) {
      const [first] = made.size < tenantsMax ? [] : made.keys()
      if (first !== undefined) made.delete(first)
      made.set(tenant, (reader = make(tenant)))
    }
    return reader
  }
}

interface RawAnswer {
  readonly reader: ByteReader
  readonly rowsRead: number
  readonly bytesRead: number
}

async function ask(client: ClickHouseClient, tenant: string, query: string): Promise<RawAnswer> {
  try {
    const { stream, summary } = await client.exec({
      query,
      // The reader's row policies compare this setting with the column `tenant`.
      clickhouse_settings: { ...settings, log_comment: tenant },
    })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return {
      reader: new ByteReader(Buffer.concat(chunks)),
      rowsRead: Number(summary?.read_rows ?? 0),
      bytesRead: Number(summary?.read_bytes ?? 0),
    }
  } catch (thrown) {
    throw storeError(thrown, 'to answer a question')
  }
}

const hourSql = 'toUInt32(toStartOfHour(ts))'
const columnsSql = recordFields
  .map(({ column, kind }) => (kind === 'time' ? `toUnixTimestamp64Nano(${column})` : column))
  .join(', ')

/** Keys stand in the text of a statement: they are digits and hex, never a sender's words. */
function recordsSql(keys: readonly string[]): string {
  const places = keys.map((key) => `(${key.slice(32)}, ${bytesSql(key.slice(0, 32))})`)
  return `SELECT ${hourSql}, ${columnsSql}
FROM whodid.spans WHERE (toStartOfHour(ts), trace_id) IN (${places.join(', ')})
LIMIT ${rowsMax.records + 1} FORMAT RowBinary`
}

function recordsUnderSql(names: readonly string[]): string {
  const keys = names.map((text) => {
    const end = text.indexOf(':')
    return nameKey(text.slice(0, end), text.slice(end + 1))
  })
  return `SELECT ${hourSql}, ${columnsSql}
FROM whodid.spans
WHERE (toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (${keys.join(', ')}))
LIMIT ${rowsMax.records + 1} FORMAT RowBinary`
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
  ['delegator', ['delegator_id', 'user_id']],
])

/** Gives each name the records of the places where a record carries it: two names may meet in one key. */
function readRecordsUnder(names: readonly string[], answer: RawAnswer): FoundRows<StoredRow> {
  const { rows: places, ...found } = readRecords(answer)
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
  return { ...found, rows }
}

function placeKey({ hour, trace }: TracePlace): string {
  return `${trace}${hour}`
}

function readRecords(answer: RawAnswer): FoundRows<StoredRow> {
  return collect(answer, rowsMax.records, (reader) => {
    const hour = reader.uint32()
    const start = reader.at
    const columns = readColumns(reader)
    const trace = String(columns['trace_id']).padStart(32, '0')
    const row = { hour, trace, columns, leaf: leafOfRow(reader.since(start)) }
    return { key: placeKey({ hour, trace }), row }
  })
}

function namesSql(keys: readonly string[]): string {
  return `SELECT key, toUInt32(hour), trace_id, template_id, exporter, received_at
FROM whodid.threads WHERE key IN (${keys.join(', ')})
LIMIT ${rowsMax.names + 1} FORMAT RowBinary`
}

function readNames(answer: RawAnswer): FoundRows<NamedPlace> {
  return collect(answer, rowsMax.names, (reader) => {
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

function textBlocksSql(refs: readonly string[]): string {
  return `SELECT ref, sealed
FROM whodid.contents WHERE ref IN (${refs.map(bytesSql).join(', ')})
LIMIT ${rowsMax.textBlocks + 1} FORMAT RowBinary`
}

function readTextBlocks(answer: RawAnswer): FoundRows<StoredTextBlock> {
  return collect(answer, rowsMax.textBlocks, (reader) => {
    const row = { ref: reader.hex(24), sealed: reader.bytes() }
    return { key: row.ref, row }
  })
}

/** Names in one statement: each has a part of its own, which is analysed by itself. */
const actKeysMax = 8

/** Returns the condition, the order and the bound of what is wanted: digits, and a verb, which is a word. */
function actsCondition({ key, limit, since, until, recorded, ended }: ActsWanted): string {
  const conditions = [`key = ${key}`]
  // The earlier of two clocks is not after either.
  if (until !== null) conditions.push(`age >= ${-until}`, `nts >= ${-until}`)
  if (since !== null) conditions.push(`nts <= ${-since}`)
  if (recorded !== null)
    conditions.push(`received_at <= fromUnixTimestamp64Nano(${recorded}, 'UTC')`)
  if (ended !== null) {
    if (!/^[\w.-]*$/u.test(ended.verb)) throw new RangeError('a verb expected a word')
    const isVerb = ended.verb === '' ? `verb != 'read'` : `verb = '${ended.verb}'`
    conditions.push(`outcome NOT IN ('failure', 'denied')`, isVerb)
  }
  return `${conditions.join(' AND ')} ORDER BY tenant, key, age, nts LIMIT ${limit}`
}

function actsSql(conditions: readonly string[]): string {
  const parts = conditions.map(
    (condition, place) =>
      `(SELECT toUInt8(${place}), trace_id, span_id, nts, received_at, verb, outcome, act FROM whodid.acts WHERE ${condition})`,
  )
  return `${parts.join('\nUNION ALL\n')}\nFORMAT RowBinary`
}

/** The columns in the bytes of an act, behind the name, as `acts_of_spans` writes them. */
const actColumns = [
  'action_id',
  'record_kind',
  'tool_name',
  'resource_id',
  'actor_type',
  'channel',
  'instance_id',
  'instance_rule',
  'template_id',
  'template_rule',
  'user_id',
  'service_name',
] as const

function readActs(keys: readonly string[], answer: RawAnswer): FoundRows<NamedAct> {
  // Each name has its own bound, so a statement is never cut.
  return collect(answer, Number.POSITIVE_INFINITY, (reader) => {
    const key = keys[reader.uint8()] ?? ''
    const columns: Record<string, string> = {
      trace_id: reader.hex(16),
      span_id: reader.hex(8),
      ts: formatInstant(-reader.int64()),
      received_at: formatInstant(reader.int64()),
      verb: reader.text(),
      outcome: reader.text(),
    }
    const act = new ByteReader(reader.bytes())
    const name = act.text()
    for (const column of actColumns) columns[column] = act.text()
    return { key, row: { name, columns } }
  })
}

/** Hex as a literal of bytes, which the engine need not compute. Throws a RangeError for what is no hex. */
function bytesSql(hex: string): string {
  if (!/^(?:[0-9a-f]{2})*$/u.test(hex)) throw new RangeError('a key expected hex digits')
  return `'${hex.replaceAll(/../gu, String.raw`\x$&`)}'`
}

function collect<Row>(
  { reader, rowsRead, bytesRead }: RawAnswer,
  max: number,
  read: (reader: ByteReader) => { readonly key: string; readonly row: Row },
): FoundRows<Row> {
  const rows = new Map<string, Row[]>()
  let count = 0
  while (!reader.isAtEnd) {
    const { key, row } = read(reader)
    const known = rows.get(key)
    if (known === undefined) rows.set(key, [row])
    else known.push(row)
    count += 1
  }
  return { rows, isCut: count > max, rowsRead, bytesRead }
}
