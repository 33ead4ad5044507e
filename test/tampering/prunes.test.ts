import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLedger } from '@whodid/verify'
import type { FindingCode, LogEvidence } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import { newTrace } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'
import { pruneRecord } from './controls.ts'

// Several collectors on one database: a prune takes the months of all of them, and is on record in the log of the one that was
// asked. What it sealed excuses the others' rows; nothing else does.

const size = 300
const pruned = 100
let ledger: DbaLedger
let reader: LeafReader
let logCount = 0

beforeAll(async () => {
  ledger = await startDbaLedger()
  reader = createLeafReader(ledger.access('verifier'))
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

/** Two collectors' logs, their rows in the ledger. */
async function setScene(): Promise<{ asked: TestLog; other: TestLog }> {
  await ledger.dba('TRUNCATE TABLE whodid.spans')
  return { asked: await newLog(), other: await newLog() }
}

async function newLog(): Promise<TestLog> {
  const log = createTestLog(`shared.test/${logCount++}`)
  const trace = newTrace()
  const records = Array.from({ length: size }, () => trace.record({ recordKind: 'tool_call' }))
  await ledger.insert(log.seal(records), log.origin)
  return log
}

/** Takes the first rows of each log. */
async function drop(logs: readonly TestLog[]): Promise<void> {
  for (const { origin } of logs)
    await ledger.dba(
      `DELETE FROM whodid.spans WHERE log_id = '${origin}' AND log_index < ${pruned}`,
    )
}

/** Seals records of a prune in one log, one for each log that it is of. */
async function record(by: TestLog, of: readonly (readonly [string, number])[]): Promise<void> {
  const records = of.map(([origin, minIndex]) => pruneRecord(origin, minIndex))
  await ledger.insert(by.seal(records), `prune by ${by.origin}`)
}

const evidenceOf = ({ origin, reader: tiles, note, epochs }: TestLog): LogEvidence => ({
  origin,
  tiles,
  note,
  epochs,
})

/** What each log's verification found: code and log, each once, and the codes' rows. */
async function verify(
  logs: readonly TestLog[],
  others: readonly (string | LogEvidence)[] = [],
): Promise<{ found: [string, FindingCode][]; prunedCounts: number[] }> {
  const { findings, logs: verified } = await verifyLedger(logs.map(evidenceOf), reader, others)
  const found = new Map(findings.map(({ log, code }) => [`${log} ${code}`, [log, code] as const]))
  return {
    found: [...found.values()].map(([log, code]) => [log, code]),
    prunedCounts: verified.map(({ prunedCount }) => prunedCount),
  }
}

test('a prune that one collector sealed excuses the rows of all, also where that log is only known', async () => {
  const { asked, other } = await setScene()
  await record(asked, [
    [asked.origin, pruned],
    [other.origin, pruned],
  ])
  await drop([asked, other])
  const clean = { found: [], prunedCounts: [pruned, pruned] }
  expect(await verify([asked, other])).toEqual(clean)
  expect(await verify([other, asked])).toEqual(clean)
  expect(await verify([other], [evidenceOf(asked)])).toEqual({ found: [], prunedCounts: [pruned] })
})

test('a log that is known by name only vouches for nothing', async () => {
  const { asked, other } = await setScene()
  await record(asked, [[other.origin, pruned]])
  await drop([other])
  expect((await verify([other], [asked.origin])).found).toEqual([[other.origin, 'row_missing']])
})

test('a record of a prune in no known log’s tree excuses nothing', async () => {
  const { asked, other } = await setScene()
  const forged = pruneRecord(other.origin, pruned)
  const places = [
    // Above the checkpoint of a log that is known.
    { logId: asked.origin, logIndex: size },
    // In a log of the forger's own, which nobody knows.
    { logId: 'shared.test/forger', logIndex: 0 },
  ]
  await ledger.insert(
    places.map((place) => ({ ...forged, ...place })),
    'forged',
  )
  await drop([other])
  expect((await verify([other, asked])).found).toEqual([
    [other.origin, 'row_missing'],
    [asked.origin, 'row_unsealed'],
    ['shared.test/forger', 'row_of_unknown_log'],
  ])
})

test('a sealed record of another log that was turned into a prune excuses nothing', async () => {
  const { asked, other } = await setScene()
  const { resourceId, attributes } = pruneRecord(other.origin, pruned)
  await ledger.dba(
    `ALTER TABLE whodid.spans UPDATE rest = replaceRegexpOne(rest, '"n":"[^"]*"', '"n":"whodid.prune"'), exporter = 'whodid', resource_id = '${resourceId}', attributes = '${attributes}' WHERE log_id = '${asked.origin}' AND log_index = 200`,
  )
  await drop([other])
  expect((await verify([other, asked])).found).toEqual([
    [other.origin, 'row_missing'],
    [asked.origin, 'row_mismatch'],
  ])
})

test('a sealed prune of another range excuses no more than that, and of another log nothing', async () => {
  const { asked, other } = await setScene()
  const third = await newLog()
  await record(asked, [
    [asked.origin, pruned],
    [other.origin, pruned - 1],
  ])
  await drop([asked, other, third])
  const { findings } = await verifyLedger([asked, other, third].map(evidenceOf), reader)
  expect(findings.filter(({ log }) => log === asked.origin)).toEqual([])
  expect(findings.filter(({ log }) => log === other.origin)).toMatchObject([
    { code: 'row_missing', index: pruned - 1 },
  ])
  expect(findings.filter(({ log }) => log === third.origin).map(({ index }) => index)).toEqual(
    Array.from({ length: pruned }, (_, index) => index),
  )
})

test('a range that is widened in the table afterwards excuses nothing at all', async () => {
  const { asked, other } = await setScene()
  await record(asked, [[other.origin, 1]])
  await ledger.dba(
    `ALTER TABLE whodid.spans UPDATE attributes = '{"whodid.custody.min_index":"${pruned}"}' WHERE log_id = '${asked.origin}' AND position(rest, '"n":"whodid.prune"') > 0`,
  )
  await drop([other])
  const { found, prunedCounts } = await verify([other, asked])
  expect(found).toEqual([
    [other.origin, 'row_missing'],
    [asked.origin, 'row_mismatch'],
  ])
  expect(prunedCounts).toEqual([0, 0])
})
