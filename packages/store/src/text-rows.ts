import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { leafExpression } from './leaf-expression.ts'
import { storeError } from './store-error.ts'

/** Places in a log, `to` not among them. */
export interface LogRange {
  readonly logId: string
  readonly from: number
  readonly to: number
}

/** A row by its place, its span and its tenant. */
export interface PlacedRow {
  readonly logId: string
  readonly index: number
  readonly tenant: string
  /** `<traceid>-<spanid>` */
  readonly span: string
  readonly receivedUnixNs: bigint
  readonly leafHex: string
}

/** A row that has text: its record's commitment, and the place of the text. */
export interface TextRow {
  readonly tenant: string
  readonly index: number
  readonly traceIdHex: string
  readonly spanIdHex: string
  /** 48 hex digits. */
  readonly textBlockHex: string
  readonly textAt: number
  /** 64 hex digits. */
  readonly commitmentHex: string
  readonly receivedUnixNs: bigint
}

/** A row that says that text received before a time was taken away by age. */
export interface RemovalRow extends PlacedRow {
  /** True when whole months of records went, or text alone. */
  readonly isPrune: boolean
  /** RFC 3339, as the row has it: not verified yet. */
  readonly before: string
}

/** Reads the text of records as it lies in ClickHouse, encrypted. Throws as `LeafReader` does. */
export interface TextReader {
  /** The rows of a range that have text, in the order of their places. A range holds at most {@link textPlacesMax} places. */
  readonly textRows: (range: LogRange) => Promise<TextRow[]>
  /** Blocks by their names, of those that are there; at most {@link textBlocksMax} at once. */
  readonly textBlocks: (
    tenant: string,
    namesHex: readonly string[],
  ) => Promise<ReadonlyMap<string, Buffer>>
  /** The rows that say that text was taken away by age. */
  readonly removals: () => Promise<RemovalRow[]>
}

/** Places whose texts are looked up at once. */
export const textPlacesMax = 8_192

/** Blocks read at once; one may be some megabytes large. */
export const textBlocksMax = 32

/** Rows that record removals by age; they are few. */
const removalsMax = 1_000

/** A client, and the settings that its statements are run with. */
export interface TextRun {
  readonly client: ClickHouseClient
  readonly settings: ClickHouseSettings
}

/** Makes the way to the texts. */
export function createTextReader(run: TextRun): TextReader {
  return {
    textRows: (range) => readTextRows(run, range),
    textBlocks: (tenant, namesHex) => readTextBlocks(run, tenant, namesHex),
    removals: () => readRemovals(run),
  }
}

async function readTextRows(run: TextRun, { logId, from, to }: LogRange): Promise<TextRow[]> {
  type Row = Record<
    'owner' | 'place' | 'trace' | 'span' | 'block' | 'received' | 'committed',
    string
  > & { readonly at: number }
  const rows = await select<Row>(run, {
    query: `SELECT s.tenant AS owner, toString(s.log_index) AS place, lower(hex(s.trace_id)) AS trace,
  lower(hex(s.span_id)) AS span, lower(hex(s.text_block)) AS block, s.text_at AS at,
  toString(toUnixTimestamp64Nano(s.received_at)) AS received, lower(hex(s.commitment)) AS committed
FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64} AND s.log_index < {to:UInt64}
  AND s.text_at != 0
ORDER BY s.log_index LIMIT ${2 * textPlacesMax}`,
    query_params: { log: logId, from, to: Math.min(to, from + textPlacesMax) },
  })
  return rows.map(({ owner, place, trace, span, block, at, received, committed }) => ({
    tenant: owner,
    index: Number(place),
    traceIdHex: trace,
    spanIdHex: span,
    textBlockHex: block,
    textAt: at,
    commitmentHex: committed,
    receivedUnixNs: BigInt(received),
  }))
}

async function readTextBlocks(
  run: TextRun,
  tenant: string,
  namesHex: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const refs = namesHex.slice(0, textBlocksMax)
  if (refs.length === 0) return new Map()
  const rows = await select<{ name: string; bytes: string }>(run, {
    query: `SELECT lower(hex(c.ref)) AS name, base64Encode(c.sealed) AS bytes FROM whodid.contents AS c
WHERE c.tenant = {tenant:String} AND c.ref IN (SELECT toFixedString(unhex(arrayJoin({refs:Array(String)})), 24))`,
    query_params: { tenant, refs },
  })
  return new Map(rows.map(({ name, bytes }) => [name, Buffer.from(bytes, 'base64')]))
}

async function readRemovals(run: TextRun): Promise<RemovalRow[]> {
  type Row = Record<
    'log' | 'place' | 'owner' | 'span' | 'received' | 'leaf' | 'before' | 'what',
    string
  >
  const rows = await select<Row>(run, {
    query: `SELECT s.log_id AS log, toString(s.log_index) AS place, s.tenant AS owner,
  lower(concat(hex(s.trace_id), '-', hex(s.span_id))) AS span,
  toString(toUnixTimestamp64Nano(s.received_at)) AS received, lower(hex(${leafExpression('s')})) AS leaf,
  JSONExtractString(s.attributes, 'whodid.custody.before') AS before, s.name AS what
FROM whodid.v_spans AS s
WHERE s.exporter = 'whodid' AND s.name IN ('whodid.expiry', 'whodid.prune')
ORDER BY s.received_at DESC LIMIT ${removalsMax}`,
    query_params: {},
  })
  return rows.map(({ log, place, owner, span, received, leaf, before, what }) => ({
    logId: log,
    index: Number(place),
    tenant: owner,
    span,
    receivedUnixNs: BigInt(received),
    leafHex: leaf,
    before,
    isPrune: what === 'whodid.prune',
  }))
}

async function select<Row>(
  { client, settings }: TextRun,
  statement: { query: string; query_params: Record<string, unknown> },
): Promise<Row[]> {
  try {
    const answer = await client.query({
      ...statement,
      format: 'JSONEachRow',
      clickhouse_settings: { ...settings, wait_end_of_query: 1 },
    })
    return await answer.json<Row>()
  } catch (thrown) {
    throw storeError(thrown, 'to read texts by their place')
  }
}
