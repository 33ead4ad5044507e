import type { ClickHouseClient } from '@clickhouse/client'
import { openClient, toDateTime64 } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** Takes text out of `whodid.contents`, as the one user that may; it may change nothing else. */
export interface ContentEraser {
  /**
   * The instances, as `instance:<id>`, that have acted for this subject (`delegator:<id>`) and for nobody else, at most
   * 10,000: their text that names no delegator is the subject's too.
   */
  instancesOnlyOf(tenant: string, subject: string): Promise<string[]>
  /**
   * Deletes the blocks of a key. Resolves when no statement sees them; the engine deletes the old parts' files some
   * minutes later. Throws `store_unavailable` or `store_refused`. Safe to repeat.
   */
  deleteByKey(tenant: string, keyIdHex: string): Promise<void>
  /** Deletes the blocks of records received before a time, in nanoseconds since 1970. As {@link deleteByKey}. */
  deleteBefore(unixNs: bigint): Promise<void>
  close(): Promise<void>
}

/** Instances of one subject that are looked at. */
const instancesMax = 10_000

const instancesSql = `
SELECT concat('instance:', instance_id) AS subject
FROM whodid.spans
WHERE tenant = {tenant:String} AND instance_id IN (
  SELECT instance_id FROM whodid.spans
  WHERE tenant = {tenant:String} AND delegator_id = {id:String} AND instance_id != ''
  GROUP BY instance_id LIMIT ${instancesMax}
)
GROUP BY instance_id
HAVING countIf(delegator_id != '' AND delegator_id != {id:String}) = 0`

/** Opens the way for erasure. Opening does not connect. */
export function createContentEraser(access: StoreAccess): ContentEraser {
  const client = openClient(access)
  return {
    instancesOnlyOf: (tenant, subject) => instancesOnlyOf(client, tenant, subject),
    deleteByKey: (tenant, keyIdHex) =>
      mutate(
        client,
        `ALTER TABLE whodid.contents DELETE WHERE tenant = {tenant:String}
         AND ref BETWEEN unhex({first:String}) AND unhex({last:String})`,
        { tenant, first: keyIdHex.padEnd(48, '0'), last: keyIdHex.padEnd(48, 'f') },
      ),
    deleteBefore: (unixNs) =>
      mutate(
        client,
        "ALTER TABLE whodid.contents DELETE WHERE received_at < {before:DateTime64(9, 'UTC')}",
        { before: toDateTime64(unixNs) },
      ),
    close: () => client.close(),
  }
}

async function instancesOnlyOf(
  client: ClickHouseClient,
  tenant: string,
  subject: string,
): Promise<string[]> {
  if (!subject.startsWith('delegator:')) return []
  try {
    const answer = await client.query({
      query: instancesSql,
      query_params: { tenant, id: subject.slice('delegator:'.length) },
      format: 'JSONEachRow',
    })
    const rows = await answer.json<{ subject: string }>()
    return rows.map((row) => row.subject)
  } catch (thrown) {
    throw storeError(thrown, 'to find the instances of a subject')
  }
}

async function mutate(
  client: ClickHouseClient,
  query: string,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await client.command({
      query,
      query_params: parameters,
      clickhouse_settings: { mutations_sync: '1' },
    })
  } catch (thrown) {
    throw storeError(thrown, 'to erase text')
  }
}
