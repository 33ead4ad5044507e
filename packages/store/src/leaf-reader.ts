import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { WhodidError } from '@whodid/model'
import type { Handle, HandleKind } from '@whodid/model'
import { openClient } from './client.ts'
import type { StoreAccess } from './client.ts'
import { createDerivedReader } from './derived-reader.ts'
import type { DerivedReader } from './derived-reader.ts'
import { leafExpression } from './leaf-expression.ts'
import { lossRows } from './loss-rows.ts'
import type { LossRow } from './loss-rows.ts'
import type { Migration } from './migrate.ts'
import { placedColumns, placedRow } from './placed-row.ts'
import type { PlacedColumns } from './placed-row.ts'
import { storeError } from './store-error.ts'
import { createTextReader } from './text-rows.ts'
import type { LogRange, PlacedRow, TextReader } from './text-rows.ts'

/** A row that says that the rows of a log, its own or another, below a place were removed. */
export interface PruneRow extends PlacedRow {
  /** The first place whose row was left. */
  readonly to: number
}

/** The rows that say they are in one log. */
export interface LogExtent {
  readonly logId: string
  readonly rowCount: number
  readonly indexMax: number
}

/** Recomputes the hashes of rows inside the engine, as the user that can do nothing else. */
export interface LeafReader extends TextReader, DerivedReader {
  /**
   * Streams the rows of a range, in no order, {@link leafRowBytes} bytes each: index (8, little-endian), then leaf
   * hash (32). Each call gets whole rows, valid until it returns.
   *
   * Throws `store_unavailable` also when the stream ends early, `store_refused`, `query_too_expensive`.
   */
  readonly read: (range: LogRange, onRows: (rows: Buffer) => void) => Promise<void>
  /** The rows at these places; at most {@link placesMax} of them. A place may have no row, or several. */
  readonly at: (logId: string, indexes: readonly number[]) => Promise<PlacedRow[]>
  /** The rows of every trace in which the handle is named, at most {@link placesMax}, in the order of their places. */
  readonly of: (handle: Handle) => Promise<PlacedRow[]>
  /** The rows, of any log, that say that this one was pruned, each with the first place that it left. They are not verified yet. */
  readonly prunes: (logId: string) => Promise<PruneRow[]>
  /** The rows, of any log, that say that a loss of this one was accepted, the newest first. They are not verified yet. */
  readonly losses: (logId: string) => Promise<LossRow[]>
  /** Returns the number of rows at `from` or above, and the time of receipt of the first. */
  readonly above: (
    logId: string,
    from: number,
  ) => Promise<{ rowCount: number; receivedUnixNsMin: bigint }>
  /** Every log that any row names. */
  readonly extents: () => Promise<LogExtent[]>
  readonly close: () => Promise<void>
}

/** Bytes of one row as {@link LeafReader.read} streams it. */
export const leafRowBytes = 40

/** Places that one call of {@link LeafReader.at} may name. */
export const placesMax = 10_000

/** The options of a reader. */
export interface LeafReaderOptions {
  /** Threads of the engine that it may take. Default: as many as there are cores. */
  readonly threadsMax?: number
  /** The migrations that made the tables beside the records. Default: those of this version. */
  readonly migrations?: readonly Migration[]
}

/** Opens the way to the leaves. Opening does not connect. */
export function createLeafReader(access: StoreAccess, options: LeafReaderOptions = {}): LeafReader {
  const client = openClient(access)
  const settings: ClickHouseSettings =
    options.threadsMax === undefined ? {} : { max_threads: options.threadsMax }
  const run = { client, settings }
  return {
    ...createTextReader(run),
    ...createDerivedReader(run, options.migrations),
    read: (range, onRows) => readRange(run, range, onRows),
    at: (logId, indexes) => rowsAt(run, logId, indexes),
    of: (handle) => rowsOf(run, handle),
    prunes: (logId) => pruneRows(run, logId),
    losses: (logId) =>
      lossRows((query, log) => select(run, { query, query_params: { log } }), logId),
    above: (logId, from) => rowsAbove(run, logId, from),
    extents: () => logExtents(run),
    close: () => client.close(),
  }
}

interface Run {
  readonly client: ClickHouseClient
  readonly settings: ClickHouseSettings
}

const rangeStatement = `SELECT s.log_index, ${leafExpression('s')}
FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64} AND s.log_index < {to:UInt64}
FORMAT RowBinary`

async function readRange(
  { client, settings }: Run,
  { logId, from, to }: LogRange,
  onRows: (rows: Buffer) => void,
): Promise<void> {
  try {
    const { stream } = await client.exec({
      query: rangeStatement,
      query_params: { log: logId, from, to },
      clickhouse_settings: settings,
    })
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of stream) {
      // Sound: the client's stream is of bytes, without an encoding.
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
      const whole = bytes.length - (bytes.length % leafRowBytes)
      if (whole > 0) onRows(bytes.subarray(0, whole))
      rest = bytes.subarray(whole)
    }
    // The text that the engine writes into a stream that it cannot finish is no row.
    if (rest.length > 0)
      throw new WhodidError(
        'store_unavailable',
        `the engine's leaves expected rows of ${leafRowBytes} bytes; got ${rest.length} more`,
      )
  } catch (thrown) {
    throw storeError(thrown, 'to recompute leaves')
  }
}

async function rowsAt(run: Run, logId: string, indexes: readonly number[]): Promise<PlacedRow[]> {
  if (indexes.length === 0) return []
  const rows = await select<PlacedColumns>(run, {
    query: `SELECT ${placedColumns} FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND has({places:Array(UInt64)}, s.log_index)
  AND s.log_index >= {from:UInt64} AND s.log_index <= {to:UInt64}
ORDER BY s.log_index LIMIT ${2 * placesMax}`,
    query_params: {
      log: logId,
      places: indexes.slice(0, placesMax),
      from: Math.min(...indexes.slice(0, placesMax)),
      to: Math.max(...indexes.slice(0, placesMax)),
    },
  })
  return rows.map(placedRow)
}

/** The condition on a row that a handle names. */
const namedBy: Readonly<Record<HandleKind, string>> = {
  trace: 't.trace_id = toFixedString(unhex({id:String}), 16)',
  span: "t.trace_id = toFixedString(unhex(splitByChar('-', {id:String})[1]), 16)",
  action: 't.action_id = {id:String}',
  instance: 't.instance_id = {id:String}',
  template: 't.template_id = {id:String}',
  delegator: '(t.delegator_id = {id:String} OR t.user_id = {id:String})',
  correlation: 't.correlation_id = {id:String}',
  credential: 't.credential_id = {id:String}',
  resource: 't.resource_id = {id:String}',
  session: 't.session_id = {id:String}',
  conversation: 't.conversation_id = {id:String}',
  tool: 't.tool_name = {id:String}',
  prompt: 't.prompt_hash = {id:String}',
}

async function rowsOf(run: Run, { kind, value }: Handle): Promise<PlacedRow[]> {
  const rows = await select<PlacedColumns>(run, {
    query: `SELECT ${placedColumns} FROM whodid.spans AS s
WHERE s.trace_id IN (SELECT t.trace_id FROM whodid.v_spans AS t WHERE ${namedBy[kind]})
ORDER BY s.log_id, s.log_index LIMIT ${placesMax}`,
    query_params: { id: value },
  })
  return rows.map(placedRow)
}

/** Prunes are whole months, and few. */
const prunesMax = 1000

async function pruneRows(run: Run, logId: string): Promise<PruneRow[]> {
  const rows = await select<PlacedColumns & { to: string }>(run, {
    query: `SELECT ${placedColumns}, JSONExtractString(s.attributes, 'whodid.custody.min_index') AS to
FROM whodid.v_spans AS s
WHERE s.resource_id = concat('whodid:log:', {log:String}) AND s.exporter = 'whodid' AND s.name = 'whodid.prune'
ORDER BY s.received_at DESC, s.log_id, s.log_index DESC LIMIT ${prunesMax}`,
    query_params: { log: logId },
  })
  return rows.map((row) => ({ ...placedRow(row), to: Number(row.to) }))
}

async function rowsAbove(
  run: Run,
  logId: string,
  from: number,
): Promise<{ rowCount: number; receivedUnixNsMin: bigint }> {
  const rows = await select<{ rows: string; first: string }>(run, {
    query: `SELECT toString(count()) AS rows, toString(toUnixTimestamp64Nano(min(s.received_at))) AS first
FROM whodid.spans AS s WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64}`,
    query_params: { log: logId, from },
  })
  return { rowCount: Number(rows[0]?.rows ?? 0), receivedUnixNsMin: BigInt(rows[0]?.first ?? 0) }
}

async function logExtents(run: Run): Promise<LogExtent[]> {
  const rows = await select<{ log: string; rows: string; last: string }>(run, {
    query: `SELECT s.log_id AS log, toString(count()) AS rows, toString(max(s.log_index)) AS last
FROM whodid.spans AS s GROUP BY s.log_id ORDER BY s.log_id LIMIT 10000`,
    query_params: {},
  })
  return rows.map(({ log, rows: rowCount, last }) => ({
    logId: log,
    rowCount: Number(rowCount),
    indexMax: Number(last),
  }))
}

async function select<Row>(
  { client, settings }: Run,
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
    throw storeError(thrown, 'to find rows by their place')
  }
}
