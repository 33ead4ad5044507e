import { hash } from 'node:crypto'
import { sealTexts } from '@whodid/content'
import { leafInputOfRow } from '@whodid/model'
import type { TextBlock } from '@whodid/model'
import { hashBytes } from '@whodid/tlog'
import type { FreshRows } from './fresh-rows.ts'
import { recordKeyBytes } from './record-key.ts'
import { joinBlocks, encodeFrame } from './segment.ts'

/** The next place in the log. */
export interface Sequence {
  readonly nextIndex: number
  /** No later record has an earlier time of receipt, even when the clock was set back. */
  readonly lastReceivedUnixNs: bigint
}

/** Records in their places, encoded. */
export interface SequencedFrame {
  readonly parts: readonly Buffer[]
  readonly bytes: number
  readonly firstIndex: number
  readonly fillsHole: boolean
  readonly rowCount: number
  /** Leaf hashes of the records, one after another. */
  readonly leaves: Buffer
  /** The next place in the log, behind them. */
  readonly next: Sequence
}

/**
 * Gives rows their places in the log, those of several requests one after another: each gets the next index and a time of
 * receipt not before the last one's, written over its bytes, and from then on its leaf hash is fixed. Their texts are
 * encrypted, those of one subject together, and are gone from memory: a group that could not be written is sent again.
 *
 * The leaf hash is made here and not behind the flush, so that it is as durable as the record: a start goes on with the
 * tree without decoding a row. Making a frame takes no index: the caller takes it once the frame is written.
 */
export function sequenceFrame(
  group: readonly FreshRows[],
  from: Sequence,
  fillsHole = false,
): SequencedFrame {
  const rowCount = group.reduce((sum, { starts }) => sum + starts.length, 0)
  const keys = Buffer.allocUnsafe(rowCount * recordKeyBytes)
  const leaves = Buffer.allocUnsafe(rowCount * hashBytes)
  const { nextIndex: firstIndex } = from
  let { lastReceivedUnixNs } = from
  const blocks = sealGroup(group)
  let place = 0
  for (const { keys: keyTexts, digests, bytes, starts, bodies } of group)
    for (const [row, start] of starts.entries()) {
      const received = receivedAt(bytes, start)
      const clockUnixNs = bytes.readBigInt64LE(received)
      if (clockUnixNs > lastReceivedUnixNs) lastReceivedUnixNs = clockUnixNs
      else bytes.writeBigInt64LE(lastReceivedUnixNs, received)
      bytes.writeUInt32LE((firstIndex + place) >>> 0, received - 8)
      bytes.writeUInt32LE(Math.floor((firstIndex + place) / 2 ** 32), received - 4)
      keys.write(keyTexts[row] ?? '', place * recordKeyBytes, 'latin1')
      const leafInput = leafInputOfRow(bytes.subarray(start, bodies[row]), digests[row] ?? '')
      // Asking for a string is two to three times as fast as asking for a Buffer.
      leaves.write(hash('sha256', leafInput, 'binary'), place * hashBytes, 'latin1')
      place += 1
    }
  const block = joinBlocks(
    group.map(({ bytes }) => bytes),
    blocks.map(({ textBlock, bytes, start }) => ({
      textBlock,
      receivedUnixNs: bytes.readBigInt64LE(receivedAt(bytes, start)),
    })),
  )
  const parts = encodeFrame({ firstIndex, fillsHole, lastReceivedUnixNs, keys, leaves, block })
  return {
    parts,
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    firstIndex,
    fillsHole,
    rowCount,
    leaves,
    next: { nextIndex: firstIndex + rowCount, lastReceivedUnixNs },
  }
}

/** Bytes of `text_block` and of `text_at`, which stand in front of a row's body. */
const blockNameBytes = 24
const textAtBytes = 4

/** A block of texts, and the first row that has a text in it. */
interface GroupBlock {
  readonly textBlock: TextBlock
  readonly bytes: Buffer
  readonly start: number
}

/** Encrypts the texts of a group, and writes the place of each into its row. */
function sealGroup(group: readonly FreshRows[]): GroupBlock[] {
  const texts = group.flatMap(({ bytes, starts, bodies, texts: own }) =>
    own.flatMap((text, row) =>
      text === undefined ? [] : [{ text, bytes, start: starts[row] ?? 0, body: bodies[row] ?? 0 }],
    ),
  )
  const sealed = sealTexts(texts.map(({ text }) => text))
  const blocks = new Map<TextBlock, GroupBlock>()
  for (const [index, { bytes, start, body }] of texts.entries()) {
    const place = sealed[index]
    if (place === undefined) continue
    const { block: textBlock, textAt } = place
    bytes.write(textBlock.nameHex, body - textAtBytes - blockNameBytes, 'hex')
    bytes.writeUInt32LE(textAt, body - textAtBytes)
    if (!blocks.has(textBlock)) blocks.set(textBlock, { textBlock, bytes, start })
  }
  return [...blocks.values()]
}

/** The offset of `received_at` in a row that begins at `start`: behind the log's ID with its length, and `log_index`. */
function receivedAt(bytes: Buffer, start: number): number {
  return start + logIdBytes(bytes, start) + 8
}

/** Bytes of the log's ID with its length, with which a row begins; `log_index` and `received_at` follow. */
function logIdBytes(bytes: Buffer, start: number): number {
  const low = bytes[start] ?? 0
  return low < 0x80 ? 1 + low : 2 + (low & 0x7f) + (bytes[start + 1] ?? 0) * 0x80
}
