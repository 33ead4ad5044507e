import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commitContents, ContentKeys, createContentReader } from '@whodid/content'
import { blankRecord, ByteReader, leafOfRow, readColumns } from '@whodid/model'
import type { LedgerRecord, RecordRow } from '@whodid/model'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rowsOf } from '../rows/made-rows.ts'
import { freshRows } from './fresh-rows.ts'
import type { FreshRows } from './fresh-rows.ts'
import { decodeSegment, encodeHeader, splitBlocks } from './segment.ts'
import { sequenceFrame } from './sequence-frame.ts'
import type { SequencedFrame } from './sequence-frame.ts'

let dir = ''
let keys: ContentKeys
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-frame-'))
  keys = await ContentKeys.open(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const from = { nextIndex: 7, lastReceivedUnixNs: 40n }

function record(span: number, fields: Partial<LedgerRecord>): LedgerRecord {
  const ids = { traceIdHex: 'ab'.repeat(16), spanIdHex: span.toString(16).padStart(16, '0') }
  return { ...blankRecord(), tenant: 'default', ...ids, receivedUnixNs: 50n, ...fields }
}

async function request(
  records: readonly LedgerRecord[],
  isFresh: (key: string) => boolean = () => true,
): Promise<FreshRows> {
  await commitContents(keys, records)
  return freshRows(rowsOf('log', records), isFresh)
}

interface ReadFrame {
  readonly rows: readonly RecordRow[]
  readonly leaves: readonly string[]
  readonly blocks: ReadonlyMap<string, Buffer>
}

/** Reads a frame as the insert does: rows, and the blocks of their text. */
function read({ parts }: SequencedFrame): ReadFrame {
  const header = encodeHeader({ logIdHex: '00'.repeat(16), number: 1 })
  const { frames } = decodeSegment(Buffer.concat([header, ...parts]))
  const { blocks: rowBytes, contents } = splitBlocks(frames.map(({ block }) => block))
  const reader = new ByteReader(Buffer.concat(rowBytes))
  const rows: RecordRow[] = []
  const leaves: string[] = []
  while (!reader.isAtEnd) {
    const start = reader.at
    rows.push(readColumns(reader))
    leaves.push(leafOfRow(reader.since(start)))
  }
  return { rows, leaves, blocks: new Map((contents ?? []).flatMap(readContents)) }
}

/** Reads a Native block of `whodid.contents`. */
function readContents(block: Uint8Array): [string, Buffer][] {
  const reader = new ByteReader(Buffer.from(block))
  const column = (): number => reader.text().length + reader.text().length
  expect(reader.varUint()).toBe(4)
  const count = reader.varUint()
  const each = <Value>(value: () => Value): Value[] => Array.from({ length: count }, value)
  column()
  expect(each(() => reader.text())).toEqual(Array.from({ length: count }, () => 'default'))
  column()
  const names = each(() => reader.hex(24))
  column()
  each(() => reader.int64())
  column()
  const sealed = each(() => reader.bytes())
  return names.map((name, at) => [name, sealed[at] ?? Buffer.alloc(0)])
}

async function textsOf({ rows, blocks }: ReadFrame): Promise<string[]> {
  const wanted = rows.map((row) => ({
    tenant: 'default',
    traceIdHex: String(row['trace_id']),
    spanIdHex: String(row['span_id']).padStart(16, '0'),
    part: 'content' as const,
    commitmentHex: String(row['commitment']),
    textBlockHex: String(row['text_block']),
    textAt: Number(row['text_at']),
    receivedUnixNs: 1n,
  }))
  const opened = await createContentReader(keys, () => 0n).open(wanted, blocks)
  return opened.map((one) => (one.state === 'text' ? one.text : `(${one.state})`))
}

test('the texts of one subject share a block, from however many requests they come', async () => {
  const frame = sequenceFrame(
    [
      await request([
        record(1, { delegatorId: 'mia', content: 'one' }),
        record(2, { delegatorId: 'mia' }),
        record(3, { delegatorId: 'leo', content: 'three' }),
      ]),
      await request([record(4, { delegatorId: 'mia', content: 'four' })]),
      await request([record(5, { delegatorId: 'leo', content: 'five' })]),
    ],
    from,
  )
  const found = read(frame)
  expect(found.blocks.size).toBe(2)
  expect(await textsOf(found)).toEqual(['one', '(withheld)', 'three', 'four', 'five'])
  expect(found.rows.map((row) => row['log_index'])).toEqual([7, 8, 9, 10, 11])
  expect(found.leaves.join('')).toBe(frame.leaves.toString('hex'))
  expect(frame.next).toEqual({ nextIndex: 12, lastReceivedUnixNs: 50n })
})

test('the text of a record that is not fresh is not written, and no text is left in memory', async () => {
  const records = [record(1, { content: 'a secret' }), record(2, { content: 'another secret' })]
  let asked = 0
  const fresh = await request(records, () => (asked += 1) === 2)
  const frame = sequenceFrame([fresh], from)
  expect(await textsOf(read(frame))).toEqual(['another secret'])
  for (const { pendingText } of records)
    expect(pendingText?.entry.every((byte) => byte === 0)).toBe(true)
  expect(fresh.starts).toHaveLength(1)
  expect(Buffer.concat(frame.parts).includes('secret')).toBe(false)
})

test('a record that is sent again is the same row but for its places, and has the same key', async () => {
  const sent = (): LedgerRecord[] => [record(1, { content: 'text', result: 'said' })]
  const [first, second] = [await request(sent()), await request(sent())]
  expect(second.keys).toEqual(first.keys)
  const [one, two] = [read(sequenceFrame([first], from)), read(sequenceFrame([second], from))]
  expect(two.rows[0]?.['commitment']).toBe(one.rows[0]?.['commitment'])
  expect(two.rows[0]?.['text_block']).not.toBe(one.rows[0]?.['text_block'])
  expect(two.leaves).not.toEqual(one.leaves)
})
