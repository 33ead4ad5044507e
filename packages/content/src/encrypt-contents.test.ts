import { createDecipheriv, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { blankRecord, textParts } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ContentKeys } from './content-keys.ts'
import { commitContents, encryptContents, sealTexts } from './encrypt-contents.ts'
import { createContentReader } from './open-contents.ts'
import type { OpenedContent } from './open-contents.ts'

let dir = ''
let keys: ContentKeys
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-contents-'))
  keys = await ContentKeys.open(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

let spans = 0

function record(fields: Partial<LedgerRecord>): LedgerRecord {
  spans += 1
  const spanIdHex = spans.toString(16).padStart(16, '0')
  const ids = { tenant: 'default', traceIdHex: 'ab'.repeat(16), spanIdHex }
  return { ...blankRecord(), ...ids, delegatorId: 'mia', ...fields }
}

async function open(
  records: readonly LedgerRecord[],
  fields: Partial<LedgerRecord> = {},
): Promise<OpenedContent[][]> {
  const blocks = new Map(
    records.flatMap(({ textBlock }) =>
      textBlock === undefined ? [] : [[textBlock.nameHex, textBlock.sealed] as const],
    ),
  )
  const reader = createContentReader(keys, () => 0n)
  return Promise.all(
    records.map((one) => {
      const { tenant, traceIdHex, spanIdHex, commitmentHex, textBlockHex, textAt } = {
        ...one,
        ...fields,
      }
      const ids = { tenant, traceIdHex, spanIdHex, commitmentHex, textBlockHex, textAt }
      const wanted = textParts.map((part) => ({ ...ids, part, receivedUnixNs: 1n }))
      return reader.open(wanted, blocks)
    }),
  )
}

async function states(
  records: readonly LedgerRecord[],
  fields: Partial<LedgerRecord> = {},
): Promise<string[]> {
  const opened = await open(records, fields)
  return opened.map((parts) =>
    parts.map((one) => (one.state === 'text' ? one.text : `(${one.state})`)).join(' '),
  )
}

test('the texts of one subject share a block, and each record finds its own', async () => {
  const records = [
    record({ content: 'one', detail: '{}' }),
    record({}),
    record({ delegatorId: 'leo', content: 'two' }),
    record({ result: 'three' }),
  ]
  await encryptContents(keys, records)
  const [one, none, two, three] = records
  expect(one?.textBlockHex).toBe(three?.textBlockHex)
  expect(one?.textBlockHex).not.toBe(two?.textBlockHex)
  expect(none).toMatchObject({ commitmentHex: '', textBlockHex: '', textAt: 0 })
  expect(one).toMatchObject({ content: '', detail: '', pendingText: undefined, textAt: 5 })
  expect(await states(records)).toEqual([
    'one (withheld) {}',
    '(withheld) (withheld) (withheld)',
    'two (withheld) (withheld)',
    '(withheld) three (withheld)',
  ])
})

test('a resend commits to the same, in another block', async () => {
  const first = record({ content: 'again', result: 'ok' })
  const second = { ...first }
  await encryptContents(keys, [first])
  await encryptContents(await ContentKeys.open(dir), [second])
  expect(second.commitmentHex).toBe(first.commitmentHex)
  expect(second.textBlockHex).not.toBe(first.textBlockHex)
})

test('many and long texts go into several blocks', async () => {
  const records = Array.from({ length: 12 }, (_, n) =>
    record({ content: `${n} ${'é'.repeat(20_000)}` }),
  )
  await encryptContents(keys, records)
  expect(new Set(records.map(({ textBlockHex }) => textBlockHex)).size).toBeGreaterThan(2)
  const opened = await states(records)
  expect(opened.map((text) => text.slice(0, 2).trim())).toEqual(records.map((_, n) => `${n}`))
})

test('nothing is left of a text once it is sealed', async () => {
  const records = [record({ content: 'a secret' }), record({ content: 'another secret' })]
  await commitContents(keys, records)
  const texts = records.flatMap(({ pendingText }) => pendingText ?? [])
  expect(texts.map(({ entry }) => entry.includes('secret'))).toEqual([true, true])
  expect(sealTexts(texts)).toHaveLength(2)
  expect(texts.map(({ entry }) => entry.every((byte) => byte === 0))).toEqual([true, true])
})

test('another place, commitment, span or tenant gives no text', async () => {
  const records = [record({ content: 'text', result: 'said' }), record({ content: 'text' })]
  await encryptContents(keys, records)
  const [first, second] = records
  const mismatch = '(mismatch) (mismatch) (withheld)'
  const one = first === undefined ? [] : [first]
  expect(await states(one)).toEqual(['text said (withheld)'])
  const other = { textAt: (second?.textAt ?? 0) + 2 }
  expect(await states(one, other)).toEqual([mismatch])
  expect(await states(one, { textAt: (first?.textAt ?? 0) + 8 })).toEqual([mismatch])
  expect(await states(one, { textAt: 2 ** 32 - 8 + 3 })).toEqual([mismatch])
  expect(await states(one, { commitmentHex: second?.commitmentHex ?? '' })).toEqual([mismatch])
  expect(await states(one, { spanIdHex: 'ff'.repeat(8) })).toEqual([mismatch])
  expect(await states(one, { tenant: 'other' })).toEqual([mismatch])
  // A part less or more than the record committed to.
  expect(await states(one, { textAt: 1 })).toEqual(['(mismatch) (withheld) (withheld)'])
  expect(await states(one, { textAt: 7 })).toEqual(['(mismatch) (mismatch) (mismatch)'])
})

test('a destroyed key hides the text and its salts', async () => {
  const records = [record({ content: 'text' })]
  await encryptContents(keys, records)
  const key = records[0]?.textBlockHex.slice(0, 32) ?? ''
  await keys.destroy(key, { erasure: 'e', erased_at: '2026-11-22T00:00:00Z', record: 'r' })
  expect(await states(records)).toEqual(['(erased) (withheld) (withheld)'])
  // The next text of the same person has another key, and with it another salt.
  const again = [{ ...(records[0] ?? blankRecord()), content: 'text' }]
  await encryptContents(keys, again)
  expect(again[0]?.commitmentHex).not.toBe(records[0]?.commitmentHex)
})

/** The block of test/vectors/text/wd-2.json. */
interface BlockVector {
  readonly tenant: string
  readonly subject_key: string
  readonly name: string
  readonly records: readonly { span_id: string; text_at: number; commitment: string }[]
  readonly sealed: string
}

const derive = (key: Buffer, label: string): Buffer =>
  createHmac('sha256', key).update(label).digest()

test('a block that another program made by the format is opened', async () => {
  const path = new URL('../../../test/vectors/text/wd-2.json', import.meta.url)
  const { block } = JSON.parse(readFileSync(path, 'utf8')) as { block: BlockVector }
  const key = Buffer.from(block.subject_key, 'hex')
  const derived = { blockKey: derive(key, 'WDB2'), saltKey: derive(key, 'WDS2') }
  const held = { find: async () => Promise.resolve({ state: 'live' as const, ...derived }) }
  const wanted = block.records.map(({ span_id: spanIdHex, text_at: textAt, commitment }) => ({
    tenant: block.tenant,
    traceIdHex: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanIdHex,
    commitmentHex: commitment,
    textBlockHex: block.name,
    textAt,
    part: 'content' as const,
    receivedUnixNs: 1n,
  }))
  const blocks = new Map([[block.name, Buffer.from(block.sealed, 'hex')]])
  const opened = await createContentReader(held, () => 0n).open(wanted, blocks)
  expect(opened).toMatchObject([{ text: 'Pay the invoice' }, { text: '{"id":1}' }])
})

test('our blocks are opened by the format with nothing of ours', async () => {
  const text = 'é'.repeat(2_000)
  const records = [record({ content: 'short' }), record({ content: text })]
  await encryptContents(keys, records)
  const [{ textBlock, textAt } = blankRecord()] = records.slice(1)
  const name = Buffer.from(textBlock?.nameHex ?? '', 'hex')
  const file = await readFile(
    join(dir, name.toString('hex', 0, 1), `${name.toString('hex', 1, 16)}.key`),
  )
  const sealed = textBlock?.sealed ?? Buffer.alloc(0)
  expect(sealed.toString('hex', 0, 2)).toBe('0201')
  const key = derive(file.subarray(24, 56), 'WDB2')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(2, 14))
  decipher.setAAD(
    Buffer.concat([Buffer.from('WDB2'), name, Buffer.from([2, 1]), Buffer.from('default')]),
  )
  decipher.setAuthTag(sealed.subarray(-16))
  const packed = Buffer.concat([decipher.update(sealed.subarray(14, -16)), decipher.final()])
  const entry = inflateRawSync(packed).subarray(Math.floor(textAt / 8))
  // One part, the content; 4,000 bytes as VarUInt.
  expect(entry.toString('hex', 0, 3)).toBe('01a01f')
  expect(entry.toString('utf8', 3, 4_003)).toBe(text)
})
