import type { ClickHouseClient } from '@clickhouse/client'
import { openClient, toDateTime64 } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** Drops whole months of records, as the one user that may. */
export interface RecordPruner {
  /**
   * By log, the index of the first record that was received at or after a time (nanoseconds since 1970): the first that
   * stays when the months before are dropped. A log whose records all go has its next index, one past its last.
   */
  firstIndexesFrom(unixNs: bigint): Promise<Record<string, string>>
  /** The logs that have records received before a time. */
  logsBefore(unixNs: bigint): Promise<string[]>
  /** True when there are records of a month before the month of this time. Throws as {@link dropBefore}. */
  hasBefore(unixNs: bigint): Promise<boolean>
  /**
   * Drops the partitions of records, actions and text before the month of this time. Throws `store_unavailable` or
   * `store_refused`. Safe to repeat. Does NOT record it: the caller has.
   */
  dropBefore(unixNs: bigint): Promise<void>
  close(): Promise<void>
}

/** Tables that are partitioned by month of receipt; text first, so that no text stays without its record. */
const tables = ['contents', 'actions', 'acts', 'threads', 'spans'] as const

/** Opens the way for pruning. Opening does not connect. */
export function createRecordPruner(access: StoreAccess): RecordPruner {
  const client = openClient(access)
  return {
    firstIndexesFrom: (unixNs) => firstIndexesFrom(client, unixNs),
    logsBefore: (unixNs) => logsBefore(client, unixNs),
    hasBefore: (unixNs) => hasBefore(client, unixNs),
    dropBefore: (unixNs) => dropBefore(client, unixNs),
    close: () => client.close(),
  }
}

async function firstIndexesFrom(
  client: ClickHouseClient,
  unixNs: bigint,
): Promise<Record<string, string>> {
  try {
    const answer = await client.query({
      query: `SELECT log_id, toString(if(countIf(stays) > 0, minIf(log_index, stays), max(log_index) + 1)) AS first
        FROM (SELECT log_id, log_index, received_at >= {from:DateTime64(9, 'UTC')} AS stays FROM whodid.spans)
        GROUP BY log_id`,
      query_params: { from: toDateTime64(unixNs) },
      format: 'JSONEachRow',
    })
    const rows = await answer.json<{ log_id: string; first: string }>()
    return Object.fromEntries(rows.map((row) => [row.log_id, row.first]))
  } catch (thrown) {
    throw storeError(thrown, 'to find what stays of each log')
  }
}

async function logsBefore(client: ClickHouseClient, unixNs: bigint): Promise<string[]> {
  try {
    const answer = await client.query({
      query: `SELECT DISTINCT log_id FROM whodid.spans WHERE received_at < {before:DateTime64(9, 'UTC')} ORDER BY log_id`,
      query_params: { before: toDateTime64(unixNs) },
      format: 'JSONEachRow',
    })
    return (await answer.json<{ log_id: string }>()).map(({ log_id: id }) => id)
  } catch (thrown) {
    throw storeError(thrown, 'to find whose records are old')
  }
}

async function hasBefore(client: ClickHouseClient, unixNs: bigint): Promise<boolean> {
  try {
    return (await partitionsBefore(client, 'spans', unixNs)).length > 0
  } catch (thrown) {
    throw storeError(thrown, 'to find old months of records')
  }
}

/** The partitions of the months before the month of this time. */
async function partitionsBefore(
  client: ClickHouseClient,
  table: string,
  unixNs: bigint,
): Promise<string[]> {
  const month = Number(toDateTime64(unixNs).slice(0, 7).replace('-', ''))
  const answer = await client.query({
    query: `SELECT DISTINCT partition_id FROM system.parts
      WHERE database = 'whodid' AND table = {table:String} AND active AND toUInt32(partition_id) < {month:UInt32}`,
    query_params: { table, month },
    format: 'JSONEachRow',
  })
  return (await answer.json<{ partition_id: string }>()).map(({ partition_id: id }) => id)
}

async function dropBefore(client: ClickHouseClient, unixNs: bigint): Promise<void> {
  try {
    for (const table of tables) {
      for (const id of await partitionsBefore(client, table, unixNs))
        // A partition's name cannot be a parameter; this one is a number that was read as one.
        await client.command({
          query: `ALTER TABLE whodid.${table} DROP PARTITION ${Number(id)}`,
          clickhouse_settings: { alter_sync: '1' },
        })
    }
  } catch (thrown) {
    throw storeError(thrown, 'to drop months of records')
  }
}
