import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { derivedStatements } from './derived-statements.ts'
import type { DerivedColumn, DerivedStatements } from './derived-statements.ts'
import { readDerivedViews } from './derived-views.ts'
import type { DerivedTable } from './derived-views.ts'
import type { Migration } from './migrate.ts'
import { storeError } from './store-error.ts'

/** Rows by their time of receipt: nanoseconds since 1970, `to` not included. */
export interface ReceiptRange {
  readonly fromUnixNs: bigint
  readonly toUnixNs: bigint
}

/** A month of receipt, and how many records it has. */
export interface ReceiptMonth extends ReceiptRange {
  readonly rowCount: number
}

/** Rows that were received on one day and fall into one part of it. */
export interface DerivedBucket {
  readonly day: string
  readonly part: number
}

/** Rows of a table beside the records that differ from those computed from the records. */
export interface DerivedDifference {
  /** The identity of the row: the columns that distinguish rows of the table. */
  readonly identity: string
  /** `<trace>-<span>`; of a thread, the trace. */
  readonly span: string
  /** Rows computed from the records, less rows that the table has. */
  readonly lack: number
}

/** One table, compared with the rows that one version of its view computes from the records. */
export interface DerivedComparison {
  readonly table: DerivedTable
  /** 0 is the newest version. */
  readonly version: number
  readonly range: ReceiptRange
  /** The number of parts that the rows of a day are split into. */
  readonly parts: number
}

/** Recomputes the tables beside the records inside the engine. Throws as `LeafReader` does. */
export interface DerivedReader {
  /** Returns the number of versions that the view of a table has had. */
  readonly versions: (table: DerivedTable) => Promise<number>
  /** The months in which records, or rows of tables made from them, were received. */
  readonly months: () => Promise<ReceiptMonth[]>
  /** Returns the time of receipt of the last record before a place in a log; 0 without one. */
  readonly receivedBefore: (logId: string, place: number) => Promise<bigint>
  /** The buckets whose rows differ from those computed from the records. Reads each table once; memory does not grow with them. */
  readonly buckets: (comparison: DerivedComparison) => Promise<DerivedBucket[]>
  /** The differing rows of one bucket, at most {@link differencesMax}. */
  readonly differences: (
    comparison: DerivedComparison,
    bucket: DerivedBucket,
  ) => Promise<DerivedDifference[]>
  /** The differing rows of whole traces (hex), at most {@link tracesMax}: their rows received within the range. */
  readonly differencesOf: (
    comparison: DerivedComparison,
    traces: readonly string[],
  ) => Promise<DerivedDifference[]>
  /** Those of the traces of which something was received at or after a time. */
  readonly tracesSince: (unixNs: bigint, traces: readonly string[]) => Promise<string[]>
}

/** Differing rows of one bucket that are looked at. */
export const differencesMax = 200_000

/** Traces that are looked at as a whole, at once: they go in the statement's address, and that is short. */
export const tracesMax = 1_000

/** A client, and the settings that its statements are run with. */
export interface DerivedRun {
  readonly client: ClickHouseClient
  readonly settings: ClickHouseSettings
}

/** Makes the way to the tables beside the records. */
export function createDerivedReader(
  run: DerivedRun,
  migrations?: readonly Migration[],
): DerivedReader {
  let made: Promise<DerivedStatements> | undefined
  const statements = (): Promise<DerivedStatements> => (made ??= makeStatements(run, migrations))
  return {
    versions: async (table) => (await statements()).versions(table),
    months: async () => {
      const rows = await select<{ month: string; next: string; rows: string }>(run, {
        query: monthsSql,
        query_params: {},
      })
      return rows.map(({ month, next, rows: count }) => ({
        fromUnixNs: BigInt(month) * 1_000_000_000n,
        toUnixNs: BigInt(next) * 1_000_000_000n,
        rowCount: Number(count),
      }))
    },
    receivedBefore: async (logId, place) => {
      const [row] = await select<{ received: string }>(run, {
        query: receivedSql,
        query_params: { log: logId, place },
      })
      return BigInt(row?.received ?? 0)
    },
    buckets: async (comparison) => {
      const rows = await select<{ day: string; part: string }>(run, {
        query: (await statements()).buckets(comparison),
        query_params: parametersOf(comparison),
      })
      return rows.map(({ day, part }) => ({ day, part: Number(part) }))
    },
    differences: async (comparison, { day, part }) => {
      const rows = await select<DifferenceRow>(run, {
        query: (await statements()).differences(comparison),
        query_params: { ...parametersOf(comparison), day, part, limit: differencesMax },
      })
      return rows.map(differenceOf)
    },
    differencesOf: async (comparison, traces) => {
      const some = traces.slice(0, tracesMax)
      const rows = await select<DifferenceRow>(run, {
        query: (await statements()).differencesOf(comparison),
        query_params: { ...parametersOf(comparison), traces: some, limit: differencesMax },
      })
      return rows.map(differenceOf)
    },
    tracesSince: async (unixNs, traces) => {
      const rows = await select<{ trace: string }>(run, {
        query: tracesSinceSql,
        query_params: { from: String(unixNs), traces: traces.slice(0, tracesMax) },
      })
      return rows.map(({ trace }) => trace)
    },
  }
}

interface DifferenceRow {
  readonly identity: string
  readonly span: string
  readonly lack: string
}

function differenceOf({ identity, span, lack }: DifferenceRow): DerivedDifference {
  return { identity, span, lack: Number(lack) }
}

/** Drawn for each process: a person who changed a row earlier could not know the key of its hash. */
const [hashKey, otherHashKey] = crypto.getRandomValues(new BigUint64Array(2))

function parametersOf({ range, parts }: DerivedComparison): Record<string, unknown> {
  return {
    from: String(range.fromUnixNs),
    to: String(range.toUnixNs),
    parts,
    key: String(hashKey),
    other: String(otherHashKey),
  }
}

async function makeStatements(
  run: DerivedRun,
  migrations: readonly Migration[] | undefined,
): Promise<DerivedStatements> {
  const describe = async (table: DerivedTable): Promise<DerivedColumn[]> =>
    select<DerivedColumn>(run, { query: `DESCRIBE TABLE whodid.${table}`, query_params: {} })
  const views = await readDerivedViews(migrations)
  const outputs = async (versions: readonly string[]): Promise<string[][]> =>
    Promise.all(
      versions.map(async (version) => {
        const columns = await select<DerivedColumn>(run, {
          query: `DESCRIBE TABLE (${version})`,
          query_params: {},
        })
        return columns.map(({ name }) => name)
      }),
    )
  const of = async (
    table: DerivedTable,
  ): Promise<Parameters<typeof derivedStatements>[0]['actions']> => ({
    columns: await describe(table),
    versions: views[table],
    outputs: await outputs(views[table]),
  })
  return derivedStatements({
    actions: await of('actions'),
    acts: await of('acts'),
    threads: await of('threads'),
  })
}

const monthsSql = `SELECT toString(toUnixTimestamp(toDateTime(month, 'UTC'))) AS month,
  toString(toUnixTimestamp(toDateTime(addMonths(month, 1), 'UTC'))) AS next, toString(sum(c)) AS rows
FROM
(
  SELECT toStartOfMonth(received_at) AS month, count() AS c FROM whodid.spans GROUP BY month
  UNION ALL SELECT toStartOfMonth(received_at), 0 FROM whodid.actions GROUP BY toStartOfMonth(received_at)
  UNION ALL SELECT toStartOfMonth(received_at), 0 FROM whodid.acts GROUP BY toStartOfMonth(received_at)
  UNION ALL SELECT toStartOfMonth(received_at), 0 FROM whodid.threads GROUP BY toStartOfMonth(received_at)
)
GROUP BY month ORDER BY month`

const receivedSql = `SELECT toString(toUnixTimestamp64Nano(max(s.received_at))) AS received FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index < {place:UInt64} AND s.log_index + 100000 >= {place:UInt64}`

const tracesSinceSql = ['spans', 'actions', 'acts', 'threads']
  .map(
    (table) => `SELECT DISTINCT lower(hex(trace_id)) AS trace FROM whodid.${table}
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
  AND received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')`,
  )
  .join(' UNION ALL ')

async function select<Row>(
  { client, settings }: DerivedRun,
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
    throw storeError(thrown, 'to recompute the tables beside the records')
  }
}
