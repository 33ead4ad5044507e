import { hash } from 'node:crypto'
import { sealTexts } from '@whodid/content'
import { leafInputOfRow } from '@whodid/model'
import type { TextBlock } from '@whodid/model'
import { hashBytes } from '@whodid/tlog'
import type { FreshRow, FreshRows } from './fresh-rows.ts'
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
  const rowCount = group.reduce((sum, { rows }) => sum + rows.length, 0)
  const keys = Buffer.allocUnsafe(rowCount * recordKeyBytes)
  const leaves = Buffer.allocUnsafe(rowCount * hashBytes)
  const { nextIndex: firstIndex } = from
  let { lastReceivedUnixNs } = from
  const blocks = sealGroup(group)
  let place = 0
  for (const { keys: keyTexts, bytes, rows } of group)
    for (const [at, row] of rows.entries()) {
      if (row.receivedUnixNs > lastReceivedUnixNs) lastReceivedUnixNs = row.receivedUnixNs
      bytes.writeBigInt64LE(lastReceivedUnixNs, row.receivedAt)
      bytes.writeUInt32LE((firstIndex + place) >>> 0, row.logIndexAt)
      bytes.writeUInt32LE(Math.floor((firstIndex + place) / 2 ** 32), row.logIndexAt + 4)
      keys.write(keyTexts[at] ?? '', place * recordKeyBytes, 'latin1')
      const leafInput = leafInputOfRow(bytes.subarray(row.start, row.body), row.digest)
      // Asking for a string is two to three times as fast as asking for a Buffer.
      const leaf = hash('sha256', leafInput, 'binary')
      leaves.write(leaf, place * hashBytes, 'latin1')
      place += 1
    }
  const block = joinBlocks(
    group.map(({ bytes }) => bytes),
    blocks.map(({ textBlock, bytes, row }) => ({
      textBlock,
      receivedUnixNs: bytes.readBigInt64LE(row.receivedAt),
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

/** A block of texts, and the first row that has a text in it. */
interface GroupBlock {
  readonly textBlock: TextBlock
  readonly bytes: Buffer
  readonly row: FreshRow
}

/** Encrypts the texts of a group, and writes the place of each into its row. */
function sealGroup(group: readonly FreshRows[]): GroupBlock[] {
  const texts = group.flatMap(({ bytes, rows, texts: own }) =>
    own.flatMap(({ row: at, text }) => {
      const row = rows[at]
      return row === undefined ? [] : [{ text, bytes, row }]
    }),
  )
  const blocks = new Map<TextBlock, GroupBlock>()
  const sealed = sealTexts(texts.map(({ text }) => text))
  for (const [index, { block: textBlock, textAt }] of sealed.entries()) {
    const { bytes, row } = texts[index] ?? {}
    if (bytes === undefined || row === undefined) continue
    const nameBytes = bytes.write(textBlock.nameHex, row.textBlockAt, 'hex')
    bytes.writeUInt32LE(textAt, row.textBlockAt + nameBytes)
    if (!blocks.has(textBlock)) blocks.set(textBlock, { textBlock, bytes, row })
  }
  return [...blocks.values()]
}
