import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openRetentionService } from '@whodid/retention'
import type { RetentionService } from '@whodid/retention'
import type { LedgerRecord } from '@whodid/model'
import { createContentEraser, createLeafReader, createRecordPruner } from '@whodid/store'
import type { ContentEraser, LeafReader, RecordPruner } from '@whodid/store'
import { formatKeyEpochs } from '@whodid/tlog'
import { describeMonitor, findLoss, verifyLedger } from '@whodid/verify'
import type { LedgerVerification, LogToVerify } from '@whodid/verify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startSelfCheck } from '../../packages/server/src/self-check/self-check.ts'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'

// A ledger that came from a backup, on the real engine: what it lost is found, accepted on record, and never shown as intact.

let ledger: Ledger
let dir: string
let reader: LeafReader
let eraser: ContentEraser
let pruner: RecordPruner
let retention: RetentionService
/** The log that the service began after the restore; what it records is sealed here. */
let after: TestLog

beforeAll(async () => {
  ledger = await startLedger()
  dir = await mkdtemp(join(tmpdir(), 'whodid-accepted-loss-'))
  reader = createLeafReader(ledger.access('verifier'))
  eraser = createContentEraser(ledger.access('eraser'))
  pruner = createRecordPruner(ledger.access('pruner'))
  after = createTestLog('ledger.example/after')
  retention = await openRetentionService({
    keys: ledger.keys,
    dir: join(dir, 'custody'),
    record: async (records) => ledger.insert(after.seal(records)),
    stored: () => Promise.resolve(),
    eraser,
    pruner,
    now: () => BigInt(Date.now()) * 1_000_000n,
  })
})

afterAll(async () => {
  await Promise.all([reader.close(), eraser.close(), pruner.close()])
  await ledger.stop()
  await rm(dir, { recursive: true })
})

const operator = { tenant: 'default', requestedBy: 'admin', reason: 'the disk died', caseId: '' }

function rows(count: number): LedgerRecord[] {
  const trace = newTrace()
  return Array.from({ length: count }, () => trace.record({ name: 'a' }))
}

/** A log that had 52 records, of which a restore left 40. */
async function rolledBackLog(name: string): Promise<TestLog> {
  const log = createTestLog(`ledger.example/${name}`)
  await ledger.insert(log.seal(rows(40)))
  log.seal(rows(12))
  log.note = log.notes[0] ?? ''
  return log
}

function logOf(log: TestLog, anchors: readonly string[] = []): LogToVerify {
  const { origin, reader: tiles, note, epochs } = log
  return { origin, tiles, note, epochs, anchors }
}

/** Verifies one log; the log of the service is known beside it, and so are the other logs of this file by their names. */
function verify(log: TestLog, anchors: readonly string[] = []): Promise<LedgerVerification> {
  const others = ['back', 'short', 'gone', 'forged', 'checked'].map(
    (name) => `ledger.example/${name}`,
  )
  return verifyLedger([logOf(log, anchors)], reader, [
    logOf(after),
    ...others.filter((name) => name !== log.origin),
  ])
}

const codesOf = ({ findings }: LedgerVerification): string[] => findings.map(({ code }) => code)

async function accept(log: TestLog, anchors: readonly string[], acceptedBy: string): Promise<void> {
  const loss = await findLoss(logOf(log, anchors), {}, reader)
  await retention.acceptLoss({ ...loss, log: log.origin, acceptedBy }, operator)
}

test('what a log was rolled back by is accepted by name, and stays a finding for ever', async () => {
  const log = await rolledBackLog('back')
  const newest = [log.notes[1] ?? '']
  expect(await verify(log, newest)).toMatchObject({
    exitCode: 30,
    findings: [{ code: 'rolled_back', lost: { from: 40, to: 52 } }],
  })
  await accept(log, newest, 'Jane Roe, head of operations')
  const { findings, exitCode, logs } = await verify(log, newest)
  expect(exitCode).toBe(5)
  expect(logs[0]?.rowCount).toBe(40)
  expect(findings).toEqual([
    {
      code: 'loss_accepted',
      log: log.origin,
      text: expect.stringMatching(
        /^the loss of places 40–51 was accepted by Jane Roe, head of operations \(token admin\) on 20\S+Z: the disk died$/u,
      ),
      lost: { from: 40, to: 52 },
      span: expect.stringMatching(/^[0-9a-f]{32}-[0-9a-f]{16}$/u),
    },
  ])
  // Without any anchor the record alone remembers the loss: a ledger that is not whole is never green.
  expect(codesOf(await verify(log))).toEqual(['loss_accepted'])
})

test('a loss that is larger than the accepted one fails as before', async () => {
  const log = await rolledBackLog('short')
  await accept(log, [log.notes[1] ?? ''], 'Jane Roe')
  log.seal(rows(8))
  const later = log.notes[2] ?? ''
  log.note = log.notes[0] ?? ''
  expect(codesOf(await verify(log, [later]))).toEqual(['rolled_back', 'loss_accepted'])
  const shorter = await verifyLedger([{ ...logOf(log), note: undefined }], reader, [logOf(after)])
  expect(codesOf(shorter)).toContain('checkpoint_missing')
  // The old log went on: its key signed other records at places that it had signed before.
  const forked = createTestLog(log.origin)
  forked.seal(rows(60))
  const grown = await verify(forked)
  expect(codesOf(grown)).toContain('checkpoint_inconsistent')
  expect(grown.exitCode).toBe(40)
})

test('rows that are gone are accepted place by place, and no row that is there can be', async () => {
  const log = createTestLog('ledger.example/gone')
  const placed = log.seal(rows(30))
  await ledger.insert(placed.filter((_, place) => place < 10 || place >= 15))
  const before = await verify(log)
  expect(codesOf(before)).toEqual(Array.from({ length: 5 }, () => 'row_missing'))
  const refused = findLoss(logOf(log), { places: { from: 9, to: 15 } }, reader)
  await expect(refused).rejects.toThrow('1 of 6 are there')
  await expect(findLoss(logOf(log), {}, reader)).rejects.toThrow('nothing of the log is lost')
  const beyond = findLoss(logOf(log), { places: { from: 25, to: 99 } }, reader)
  await expect(beyond).rejects.toThrow('"to" at most 30')

  const loss = await findLoss(logOf(log), { places: { from: 10, to: 14 } }, reader)
  await retention.acceptLoss({ ...loss, log: log.origin, acceptedBy: 'Jane Roe' }, operator)
  const part = await verify(log)
  expect(part.findings.map(({ code, index }) => [code, index])).toEqual([
    ['row_missing', 14],
    ['loss_accepted', undefined],
  ])
  expect(part.exitCode).toBe(40)
  expect(part.logs[0]).toMatchObject({ rowCount: 25, lostCount: 4 })
})

test('a running service goes from failed to accepted, and a later loss is failed again', async () => {
  const log = await rolledBackLog('checked')
  const newest = log.notes[1] ?? ''
  const dataDir = join(dir, 'data')
  const keysDir = join(dataDir, 'keys')
  await keepTree(dataDir, log)
  await mkdir(keysDir, { recursive: true })
  await writeFile(join(keysDir, 'log-checked.head'), newest)
  const { value: state, stop } = startSelfCheck(
    { config: { dataDir, keysDir }, onEvent: () => {} },
    ledger.access('verifier'),
    { everyMs: 50 },
  )
  const waitMs = { timeout: 60_000 }
  try {
    await vi.waitFor(() => expect(describeMonitor(state()).state).toBe('failed'), waitMs)
    await accept(log, [newest], 'Jane Roe')
    await keepTree(dataDir, after)
    await vi.waitFor(() => expect(state().findings).toEqual([]), waitMs)
    expect(describeMonitor(state()).state).toBe('loss_accepted')
    expect(describeMonitor(state())).toMatchObject({
      findings: [],
      accepted_losses: [
        { log: log.origin, from: 40, to: 52, accepted_by: 'Jane Roe', requested_by: 'admin' },
      ],
    })
    log.seal(rows(5))
    await writeFile(join(keysDir, 'log-checked.head'), log.notes[2] ?? '')
    await vi.waitFor(() => expect(describeMonitor(state()).state).toBe('failed'), waitMs)
    expect(state().findings).toMatchObject([{ code: 'rolled_back', lost: { from: 40, to: 57 } }])
  } finally {
    await stop()
  }
})

test('only a sealed record with a checkpoint of the log’s own key accepts anything', async () => {
  const log = await rolledBackLog('forged')
  const newest = log.notes[1] ?? ''
  const stranger = createTestLog('ledger.example/stranger')
  stranger.seal(rows(52))
  const forged = { log: log.origin, from: 40, to: 52, acceptedBy: 'nobody' }
  // Sealed, and quotes a checkpoint that another key has signed.
  const quoted = stranger.note.replace('ledger.example/stranger\n', `${log.origin}\n`)
  await retention.acceptLoss({ ...forged, checkpoint: quoted }, operator)
  // Sealed, and wants more than the checkpoint that it quotes proves.
  const more = { ...forged, from: 40, to: 60, checkpoint: newest }
  await retention.acceptLoss(more, operator)
  // Not sealed: whoever can write to ClickHouse wrote it.
  const written: LedgerRecord[] = []
  const beside = await openRetentionService({
    keys: ledger.keys,
    dir: join(dir, 'beside'),
    record: async (records) => void written.push(...records),
    stored: () => Promise.resolve(),
    eraser,
    pruner,
    now: () => BigInt(Date.now()) * 1_000_000n,
  })
  await beside.acceptLoss({ ...forged, checkpoint: newest }, operator)
  await ledger.insert(written.map((record) => ({ ...record, logId: after.origin, logIndex: 1 })))
  const { findings, exitCode, acceptedLosses } = await verify(log, [newest])
  expect(exitCode).toBe(30)
  expect(findings.map(({ code }) => code)).toEqual(['rolled_back'])
  expect(acceptedLosses).toEqual([])
})

/** Keeps a log's tree where a service looks for it. */
async function keepTree(dataDir: string, log: TestLog): Promise<void> {
  const tree = join(dataDir, 'tlog', log.origin.split('/').at(-1) ?? '')
  for (const [path, bytes] of log.tiles) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), bytes)
  }
  await writeFile(join(tree, 'keys'), formatKeyEpochs(log.epochs))
  await writeFile(join(tree, 'checkpoint'), log.note)
}
