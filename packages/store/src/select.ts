import type { ClickHouseClient } from '@clickhouse/client'
import { openClient } from './client.ts'
import type { StoreAccess } from './client.ts'
import { createPointReader } from './points/point-reader.ts'
import type { PointReader } from './points/point-reader.ts'
import { storeError } from './store-error.ts'

/** A statement with its values apart: a value reaches the engine as a typed parameter, never as SQL text. */
export interface Statement {
  /** With `{name:Type}` where a value belongs. */
  readonly sql: string
  readonly parameters: Readonly<Record<string, string | number>>
  /** The tenant whose rows may be seen; the engine's row policy applies it to any SQL. */
  readonly tenant: string
}

/** Rows, and what the engine read to find them (`X-ClickHouse-Summary`). */
export interface Selection<Row> {
  readonly rows: Row[]
  readonly rowsRead: number
  readonly bytesRead: number
}

/** Reads the ledger, as a user that can do nothing else. */
export interface Selector {
  /**
   * Runs one statement. 64-bit integers come as text. Throws `store_unavailable`, `query_too_expensive` when it met the
   * reader's limit on time, memory or rows, or `store_refused`. Does NOT check the shape of the rows.
   */
  select<Row>(statement: Statement): Promise<Selection<Row>>
  /** Reads rows by their keys. */
  readonly points: PointReader
  /** Resolves when the engine answers; throws `store_unavailable`. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Opens the way out of the ledger as the reader. Opening does not connect. */
export function createSelector(access: StoreAccess): Selector {
  const client = openClient(access)
  return {
    select: (statement) => select(client, statement),
    points: createPointReader(client),
    ping: () => ping(client),
    close: () => client.close(),
  }
}

async function select<Row>(
  client: ClickHouseClient,
  statement: Statement,
): Promise<Selection<Row>> {
  try {
    const answer = await client.query({
      query: statement.sql,
      query_params: statement.parameters,
      format: 'JSONEachRow',
      // The reader's row policies compare this setting with the column `tenant`; see the engine's grants.
      // The answer is held back until the statement has ended: an error on the way is then an error, not half an answer.
      clickhouse_settings: { log_comment: statement.tenant, wait_end_of_query: 1 },
    })
    const rows = await answer.json<Row>()
    const summary = readSummary(answer.response_headers['x-clickhouse-summary'])
    return { rows, ...summary }
  } catch (thrown) {
    throw storeError(thrown, 'to answer a question')
  }
}

function readSummary(header: unknown): { rowsRead: number; bytesRead: number } {
  if (typeof header !== 'string') return { rowsRead: 0, bytesRead: 0 }
  const summary: unknown = JSON.parse(header)
  const field = (name: string): number =>
    typeof summary === 'object' && summary !== null ? Number(Reflect.get(summary, name) ?? 0) : 0
  return { rowsRead: field('read_rows'), bytesRead: field('read_bytes') }
}

async function ping(client: ClickHouseClient): Promise<void> {
  try {
    const answer = await client.query({ query: 'SELECT 1', format: 'JSONEachRow' })
    await answer.text()
  } catch (thrown) {
    throw storeError(thrown, 'to answer a ping')
  }
}
