import { hash } from 'node:crypto'
import { leafInputOfRow } from '@whodid/model'
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
  readonly rowCount: number
  /** Leaf hashes of the records, one after another. */
  readonly leaves: Buffer
  /** The next place in the log, behind them. */
  readonly next: Sequence
}

/**
 * Gives rows their places in the log: each gets the next index and a time of receipt not before the last one's, written over
 * its bytes, and from then on its leaf hash is fixed. Safe to repeat with another place until the frame is
 * written.
 *
 * The leaf hash is made here and not behind the flush, so that it is as durable as the record: a start goes on with the
 * tree without decoding a row. Making a frame takes no index: the caller takes it once the frame is accepted.
 */
export function sequenceFrame(
  { keys: keyTexts, bytes, rows, texts }: FreshRows,
  from: Sequence,
  fillsHole = false,
): SequencedFrame {
  const keys = Buffer.allocUnsafe(rows.length * recordKeyBytes)
  const leaves = Buffer.allocUnsafe(rows.length * hashBytes)
  const { nextIndex: firstIndex } = from
  let { lastReceivedUnixNs } = from
  for (const [place, row] of rows.entries()) {
    if (row.receivedUnixNs > lastReceivedUnixNs) lastReceivedUnixNs = row.receivedUnixNs
    bytes.writeBigInt64LE(lastReceivedUnixNs, row.receivedAt)
    bytes.writeUInt32LE((firstIndex + place) >>> 0, row.logIndexAt)
    bytes.writeUInt32LE(Math.floor((firstIndex + place) / 2 ** 32), row.logIndexAt + 4)
    keys.write(keyTexts[place] ?? '', place * recordKeyBytes, 'latin1')
    const leafInput = leafInputOfRow(bytes.subarray(row.start, row.body), row.digest)
    // Asking for a string is two to three times as fast as asking for a Buffer.
    const leaf = hash('sha256', leafInput, 'binary')
    leaves.write(leaf, place * hashBytes, 'latin1')
  }
  const owners = texts.map(({ textBlock, receivedAt }) => ({
    textBlock,
    receivedUnixNs: bytes.readBigInt64LE(receivedAt),
  }))
  const block = joinBlocks(bytes, owners)
  const parts = encodeFrame({ firstIndex, fillsHole, lastReceivedUnixNs, keys, leaves, block })
  return {
    parts,
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    firstIndex,
    rowCount: rows.length,
    leaves,
    next: { nextIndex: firstIndex + rows.length, lastReceivedUnixNs },
  }
}
