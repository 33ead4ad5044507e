import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { createTestLog, verifyTestLog } from '../harness/sealed-log.ts'

let ledger: Ledger
let reader: LeafReader

beforeAll(async () => {
  ledger = await startLedger()
  reader = createLeafReader(ledger.access('verifier'))
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

function records(count: number) {
  const trace = newTrace()
  return Array.from({ length: count }, () => trace.record({ recordKind: 'tool_call' }))
}

test.each([0, 1, 255, 256, 257, 1000])(
  'a log of %d records, untouched, has no findings',
  async (count) => {
    const log = createTestLog(`verify.test/size-${count}`)
    await ledger.insert(log.seal(records(count)))
    const { findings, verification } = await verifyTestLog(log, reader)
    expect(findings).toEqual([])
    expect(verification).toMatchObject({ size: count, rowCount: count, pendingCount: 0 })
  },
)

test('any range is verified, and no more than it', async () => {
  const log = createTestLog('verify.test/ranges')
  const [first, ...rest] = log.seal(records(700))
  await ledger.insert([{ ...first!, name: 'forged' }, ...rest])
  for (const [from, to] of [
    [1, 700],
    [1, 2],
    [255, 257],
    [256, 512],
    [513, 700],
    [300, 300],
  ]) {
    const { findings, verification } = await verifyTestLog(log, reader, { from: from!, to: to! })
    expect(findings).toEqual([])
    expect(verification).toMatchObject({ from, to, rowCount: to! - from! })
  }
  const { findings } = await verifyTestLog(log, reader, { from: 0, to: 1 })
  expect(findings).toMatchObject([{ code: 'row_mismatch', index: 0 }])
})

test('rows that are not stored yet are no finding, and are counted', async () => {
  const log = createTestLog('verify.test/pending')
  const sealed = log.seal(records(300))
  await ledger.insert(sealed.slice(0, 290))
  const { findings, verification } = await verifyTestLog(log, reader, { storedTo: 290 })
  expect(findings).toEqual([])
  expect(verification?.pendingCount).toBe(10)
  const late = await verifyTestLog(log, reader, { storedTo: 295 })
  expect(late.findings.map(({ code, index }) => [code, index])).toEqual(
    [290, 291, 292, 293, 294].map((index) => ['row_missing', index]),
  )
  expect(late.exitCode).toBe(40)
})

test('rows stored before they are sealed are none while they are young', async () => {
  const log = createTestLog('verify.test/unsealed')
  const sealed = log.seal(records(10))
  const young = newTrace().record({ logId: log.origin, logIndex: 10 })
  await ledger.insert([...sealed, young])
  const sealedByUnixNs = young.receivedUnixNs - 1n
  expect((await verifyTestLog(log, reader, { sealedByUnixNs })).findings).toEqual([])
  const { findings } = await verifyTestLog(log, reader, { sealedByUnixNs: young.receivedUnixNs })
  expect(findings).toMatchObject([
    { code: 'row_unsealed', index: 10, count: 1 },
    { code: 'checkpoint_stale', index: 9 },
  ])
})
