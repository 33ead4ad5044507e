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
  { keys: keyTexts, digests, bytes, starts, bodies, texts }: FreshRows,
  from: Sequence,
  fillsHole = false,
): SequencedFrame {
  const rowCount = starts.length
  const keys = Buffer.allocUnsafe(rowCount * recordKeyBytes)
  const leaves = Buffer.allocUnsafe(rowCount * hashBytes)
  const { nextIndex: firstIndex } = from
  let { lastReceivedUnixNs } = from
  for (let row = 0; row < rowCount; row += 1) {
    const start = starts[row] ?? 0
    const logIndex = start + logIdBytes(bytes, start)
    const received = logIndex + 8
    const clockUnixNs = bytes.readBigInt64LE(received)
    if (clockUnixNs > lastReceivedUnixNs) lastReceivedUnixNs = clockUnixNs
    else bytes.writeBigInt64LE(lastReceivedUnixNs, received)
    bytes.writeUInt32LE((firstIndex + row) >>> 0, logIndex)
    bytes.writeUInt32LE(Math.floor((firstIndex + row) / 2 ** 32), logIndex + 4)
    keys.write(keyTexts[row] ?? '', row * recordKeyBytes, 'latin1')
    const leafInput = leafInputOfRow(bytes.subarray(start, bodies[row]), digests[row] ?? '')
    // Asking for a string is two to three times as fast as asking for a Buffer.
    leaves.write(hash('sha256', leafInput, 'binary'), row * hashBytes, 'latin1')
  }
  const owners = texts.map(({ textBlock, row }) => {
    const start = starts[row] ?? 0
    const received = start + logIdBytes(bytes, start) + 8
    return { textBlock, receivedUnixNs: bytes.readBigInt64LE(received) }
  })
  const block = joinBlocks(bytes, owners)
  const parts = encodeFrame({ firstIndex, fillsHole, lastReceivedUnixNs, keys, leaves, block })
  return {
    parts,
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    firstIndex,
    rowCount,
    leaves,
    next: { nextIndex: firstIndex + rowCount, lastReceivedUnixNs },
  }
}

/** Bytes of the log's ID with its length, with which a row begins; `log_index` and `received_at` follow. */
function logIdBytes(bytes: Buffer, start: number): number {
  const low = bytes[start] ?? 0
  return low < 0x80 ? 1 + low : 2 + (low & 0x7f) + (bytes[start + 1] ?? 0) * 0x80
}
