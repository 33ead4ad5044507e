import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLog } from '@whodid/evidence'
import type { LogPage } from '@whodid/evidence'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger
const log = 'records.test/c1'
const nowNs = BigInt(Date.UTC(2026, 10, 3, 12)) * 1_000_000n
const secondNs = 1_000_000_000n
const trace = newTrace()

beforeAll(async () => {
  ledger = await startLedger()
})
afterAll(async () => {
  await ledger.stop()
})

async function insert(
  indexes: readonly number[],
  receivedUnixNs: bigint,
  tenant = 'default',
): Promise<void> {
  await ledger.insert(
    indexes.map((logIndex) => ({
      ...trace.record({}),
      logId: log,
      logIndex,
      receivedUnixNs,
      tenant,
    })),
  )
}

async function read(from: number, limit = 10, tenant = 'default'): Promise<LogPage> {
  return readLog(ledger.selector, tenant, { log, from, limit, nowUnixNs: nowNs })
}

const indexesOf = ({ rows }: LogPage): unknown[] => rows.map((row) => Number(row['log_index']))

test('pages go on where the one before ended; of another tenant nothing is told but that the log went on', async () => {
  expect(await read(0)).toEqual({ rows: [], next: 0 })
  await insert([0, 1, 2, 4], nowNs - 3n * secondNs)
  await insert([3, 5], nowNs - 3n * secondNs, 'other')
  const first = await read(0, 3)
  expect([indexesOf(first), first.next]).toEqual([[0, 1, 2], 3])
  const second = await read(first.next, 3)
  expect([indexesOf(second), second.next]).toEqual([[4], 6])
  expect(await read(second.next)).toEqual({ rows: [], next: 6 })
  const theirs = await read(0, 10, 'other')
  expect([indexesOf(theirs), theirs.next]).toEqual([[3, 5], 6])
})

test('behind an empty place a record waits a minute, and no longer', async () => {
  await insert([7], nowNs - 61n * secondNs)
  await insert([9], nowNs - 2n * secondNs)
  const held = await read(6)
  expect([indexesOf(held), held.next]).toEqual([[7], 8])
  await insert([6, 8], nowNs - 2n * secondNs)
  const filled = await read(held.next)
  expect([indexesOf(filled), filled.next]).toEqual([[8, 9], 10])
})

test('two rows at one place are both given, on one page', async () => {
  await insert([10, 11], nowNs - 2n * secondNs)
  await insert([10], nowNs - secondNs)
  const page = await read(10, 1)
  expect([indexesOf(page), page.next]).toEqual([[10, 10], 11])
})
