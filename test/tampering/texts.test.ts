import { createContentReader, encryptContents } from '@whodid/content'
import { canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { openSealedLog, verifyTexts } from '@whodid/verify'
import { createLeafReader, encodeContents, encodeRecords } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { createTestLog, verifyTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'

/** Attacks on the texts of a sealed log, and what `whodid verify` says of them. */
let ledger: Ledger
let reader: LeafReader

const longAgo = '2020-01-01T00:00:00.000000000Z'

beforeAll(async () => {
  ledger = await startLedger()
  reader = createLeafReader(ledger.access('verifier'))
}, 180_000)

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

/** Ten records with a text each, of one subject; the log is sealed. */
async function scene(name: string): Promise<{ log: TestLog; key: string }> {
  const log = createTestLog(`texts.test/${name}`)
  const trace = newTrace()
  const texts = Array.from({ length: 10 }, (_, n) =>
    trace.record({ recordKind: 'prompt', delegatorId: name, content: `text ${n}`, result: 'done' }),
  )
  await insert(log, texts)
  const key = await ledger.keys.liveIdOf('default', `delegator:${name}`)
  expect(await found(log)).toEqual({ texts: 20, removed: 0, codes: [] })
  return { log, key: key ?? '' }
}

/** Seals records and inserts them, as `attack` leaves them. */
async function insert(
  log: TestLog,
  records: readonly LedgerRecord[],
  attack: (placed: readonly LedgerRecord[]) => void = () => undefined,
): Promise<void> {
  const copies = records.map((record) => ({ ...record }))
  await encryptContents(ledger.keys, copies)
  const placed = log.seal(copies)
  attack(placed)
  const blocks = { blocks: [encodeRecords(placed)], contents: [encodeContents(placed)] }
  await ledger.appender.append({ ...blocks, token: log.note })
}

async function found({
  origin,
  reader: tiles,
  note,
  epochs,
}: TestLog): Promise<{ texts: number; removed: number; codes: string[] }> {
  const { log } = await openSealedLog({ origin, tiles, note, epochs })
  const { findings, textCount, removedCount } = await verifyTexts(log!, {
    reader,
    logs: [log!],
    openWith: (expiredBefore) => createContentReader(ledger.keys, expiredBefore),
  })
  const codes = [...new Set(findings.map(({ code }) => code))]
  return { texts: textCount, removed: removedCount, codes }
}

async function removeTexts(key: string): Promise<void> {
  const mine = `startsWith(lower(hex(ref)), '${key}')`
  const count = `SELECT count() FROM whodid.contents WHERE ${mine}`
  expect(Number(await ledger.sql('verifier', count))).toBeGreaterThan(0)
  await ledger.sql(
    'eraser',
    `ALTER TABLE whodid.contents DELETE WHERE ${mine} SETTINGS mutations_sync = 1`,
  )
  expect(await ledger.sql('verifier', count), 'the texts are really gone').toBe('0')
}

function custody(name: string, fields: Record<string, string> = {}): LedgerRecord {
  const attributes = Object.entries(fields).map(([key, value]) => [`whodid.custody.${key}`, value])
  return newTrace().record({
    exporter: 'whodid',
    name: `whodid.${name}`,
    recordKind: 'action',
    attributes: canonicalJson(Object.fromEntries(attributes)),
  })
}

test('texts are removed, and nothing on record removed them', async () => {
  const { log, key } = await scene('gone')
  await removeTexts(key)
  expect(await found(log)).toEqual({ texts: 0, removed: 0, codes: ['content_missing'] })
})

test('a byte of a text block is changed', async () => {
  const { log, key } = await scene('changed')
  const mine = `startsWith(lower(hex(ref)), '${key}')`
  const read = `SELECT concat(hex(ref), ' ', hex(sealed)) FROM whodid.contents WHERE ${mine}`
  const [ref = '', sealed = ''] = (await ledger.sql('verifier', read)).split(' ')
  await removeTexts(key)
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith('00') ? '01' : '00'}`
  await ledger.sql(
    'writer',
    `INSERT INTO whodid.contents VALUES ('default', unhex('${ref}'), now64(9), unhex('${changed}'))`,
  )
  expect(await found(log)).toEqual({ texts: 0, removed: 0, codes: ['content_mismatch'] })
})

test('two text blocks of one person change places', async () => {
  const { log, key } = await scene('swapped')
  const trace = newTrace()
  const later = { recordKind: 'prompt', delegatorId: 'swapped', content: 'later' } as const
  await insert(log, [trace.record(later)])
  const mine = `startsWith(lower(hex(ref)), '${key}')`
  const read = `SELECT concat(hex(ref), ' ', hex(sealed)) FROM whodid.contents WHERE ${mine}`
  const blocks = (await ledger.sql('verifier', read)).split('\n').map((row) => row.split(' '))
  expect(blocks).toHaveLength(2)
  await removeTexts(key)
  for (const [at, [ref]] of blocks.entries())
    await ledger.sql(
      'writer',
      `INSERT INTO whodid.contents VALUES ('default', unhex('${ref}'), now64(9), unhex('${blocks[1 - at]?.[1]}'))`,
    )
  expect(await found(log)).toEqual({ texts: 0, removed: 0, codes: ['content_mismatch'] })
})

test.each([
  ['an offset leads to another text of the block', (row: LedgerRecord) => (row.textAt += 8 * 16)],
  ['an offset leads behind the block', (row: LedgerRecord) => (row.textAt = 2 ** 32 - 5)],
  ['a part is denied', (row: LedgerRecord) => (row.textAt -= 2)],
  ['a commitment is changed', (row: LedgerRecord) => (row.commitmentHex = 'ab'.repeat(32))],
])('%s', async (_name, change) => {
  const log = createTestLog(`texts.test/${_name.replaceAll(' ', '-')}`)
  const trace = newTrace()
  const prompts = Array.from({ length: 4 }, (_, n) =>
    trace.record({
      recordKind: 'prompt',
      delegatorId: _name,
      content: `text ${n}`,
      result: 'done',
    }),
  )
  await insert(log, prompts, ([first]) => {
    if (first !== undefined) change(first)
  })
  expect(await found(log)).toMatchObject({ texts: 6, codes: ['content_mismatch'] })
  const { findings } = await verifyTestLog(log, reader)
  expect(findings.map(({ code }) => code)).toEqual(['row_mismatch'])
})

test('texts are erased with their key under a sealed record: no alarm', async () => {
  const { log, key } = await scene('erased')
  const record = custody('erasure')
  await insert(log, [record])
  await ledger.keys.destroy(key, { erasure: 'e1', erased_at: longAgo, record: refOf(record) })
  await removeTexts(key)
  expect(await found(log)).toEqual({ texts: 0, removed: 20, codes: [] })
})

test('a key is destroyed under a record that was never sealed: a fake erasure', async () => {
  const { log, key } = await scene('faked')
  const record = custody('erasure')
  await ledger.keys.destroy(key, { erasure: 'e2', erased_at: longAgo, record: refOf(record) })
  expect(await found(log), 'no record at all').toMatchObject({ codes: ['content_missing'] })
  const size = Number(log.note.split('\n', 2)[1])
  // Put over a place that is sealed: its hash is not the one there.
  await ledger.insert([{ ...record, logId: log.origin, logIndex: size - 1 }], 'fake erasure')
  expect(await found(log), 'a forged record').toMatchObject({ codes: ['content_missing'] })
})

test('texts expired under a sealed record: no alarm; under a forged one: they are missing', async () => {
  const { log, key } = await scene('expired')
  await removeTexts(key)
  const record = custody('expiry', { before: '2026-12-31T00:00:00.000000000Z' })
  await ledger.insert([{ ...record, logId: log.origin, logIndex: 3 }], 'fake expiry')
  expect(await found(log)).toMatchObject({ removed: 0, codes: ['content_missing'] })
  await insert(log, [custody('expiry', { before: '2026-12-31T00:00:00.000000000Z' })])
  expect(await found(log)).toEqual({ texts: 0, removed: 20, codes: [] })
})
