import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { done, triage } from '../harness/incident.ts'

const tables = ['spans', 'actions', 'acts', 'threads', 'contents'] as const
const closedNs = BigInt(Date.UTC(2026, 7, 15)) * 1_000_000n
const inserts = 5
const mergedMsMax = 180_000

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

test('the parts of a month that is over become one by themselves, and what is in them is still found', async () => {
  const acts = Array.from({ length: inserts }, (_, at) => receivedAt(closedNs + BigInt(at)))
  // Merges that are due to anything else than their age are kept out.
  for (const table of tables) await setting(table, 'max_bytes_to_merge_at_max_space_in_pool = 1')
  for (const act of acts) await ledger.insert([act])
  expect(await partsOf('202608')).toEqual(tables.map(() => inserts))

  for (const table of tables)
    await setting(
      table,
      'max_bytes_to_merge_at_max_space_in_pool = 161061273600, min_age_to_force_merge_seconds = 1',
    )
  const deadlineMs = performance.now() + mergedMsMax
  const wanted = tables.map(() => 1)
  let parts = await partsOf('202608')
  while (String(parts) !== String(wanted) && performance.now() < deadlineMs) {
    // An insert wakes the engine's merges, which otherwise look around every few minutes.
    await ledger.insert([receivedAt(BigInt(Date.UTC(2026, 10, 2)) * 1_000_000n)])
    await sleep(500)
    parts = await partsOf('202608')
  }
  expect(parts).toEqual(wanted)

  for (const act of acts) {
    const answer = await ledger.ask(`span:${refOf(act)}`)
    expect(answer.action?.span).toBe(refOf(act))
    expect(answer.verdict).toBe('agent')
  }
}, 240_000)

test.each(tables)('whodid.%s is made with the age, and with a bound of size', async (table) => {
  const made = await ledger.sql(
    'migrator',
    `SELECT create_table_query FROM system.tables WHERE database = 'whodid' AND name = '${table}'`,
  )
  expect(made).toContain('min_age_to_force_merge_on_partition_only = 1')
  expect(made).toContain('enable_max_bytes_limit_for_min_age_to_force_merge = 1')
})

function receivedAt(receivedUnixNs: bigint): LedgerRecord {
  const times = {
    receivedUnixNs,
    startUnixNs: receivedUnixNs - 2_000_000n,
    endUnixNs: receivedUnixNs - 1_000_000n,
  }
  const says = { content: 'merge it', resourceId: 'git:branch:acme/app/main', verb: 'update' }
  return newTrace().record({ ...triage, ...done, ...says, ...times })
}

async function setting(table: string, change: string): Promise<void> {
  const said = await ledger.sql('migrator', `ALTER TABLE whodid.${table} MODIFY SETTING ${change}`)
  expect(said).toBe('')
}

async function partsOf(month: string): Promise<number[]> {
  const counts = await ledger.sql(
    'migrator',
    `SELECT ${tables.map((table) => `countIf(table = '${table}')`).join(', ')}
    FROM system.parts WHERE database = 'whodid' AND active AND partition = '${month}'`,
  )
  return counts.split('\t').map(Number)
}
