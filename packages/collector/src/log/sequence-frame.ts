import { hash } from 'node:crypto'
import { leafInput } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { hashBytes } from '@whodid/tlog'
import { recordKeyBytes } from '../record-key.ts'
import { encodeBlocks } from './frame-blocks.ts'
import { encodeFrame } from './segment.ts'

/** Where the log stands: what its next record gets. */
export interface Sequence {
  readonly nextIndex: number
  /** No later record is received earlier, whatever the clock says. */
  readonly lastReceivedUnixNs: bigint
}

/** A record that the log does not hold yet. */
export interface KeyedRecord {
  readonly key: string
  readonly record: LedgerRecord
}

/** Records in their places, encoded. */
export interface SequencedFrame {
  readonly parts: readonly Buffer[]
  readonly bytes: number
  readonly firstIndex: number
  readonly rowCount: number
  /** Leaf hashes of the records, one after another. */
  readonly leaves: Buffer
  /** Where the log stands behind them. */
  readonly next: Sequence
}

/** Which log, and whether the records fill a hole instead of following the last one. */
export interface FramePlace {
  readonly logId: string
  readonly fillsHole?: boolean
}

/**
 * Gives records their places in the log and encodes them: each gets the log's ID, the next index and a time of receipt not
 * before the last one's, in place, and from then on its leaf hash is fixed.
 *
 * The leaf hash is made here and not behind the flush, so that it is as durable as the record: a start goes on with the
 * tree without decoding a row. Making a frame takes no index: that is its caller's, once the frame is accepted.
 */
export function sequenceFrame(
  records: readonly KeyedRecord[],
  from: Sequence,
  { logId, fillsHole = false }: FramePlace,
): SequencedFrame {
  const keys = Buffer.allocUnsafe(records.length * recordKeyBytes)
  const leaves = Buffer.allocUnsafe(records.length * hashBytes)
  let { lastReceivedUnixNs } = from
  for (const [place, { key, record }] of records.entries()) {
    if (record.receivedUnixNs < lastReceivedUnixNs) record.receivedUnixNs = lastReceivedUnixNs
    lastReceivedUnixNs = record.receivedUnixNs
    record.logId = logId
    record.logIndex = from.nextIndex + place
    keys.write(key, place * recordKeyBytes, 'latin1')
    // Asking for a string is two to three times as fast as asking for a Buffer.
    leaves.write(hash('sha256', leafInput(record), 'binary'), place * hashBytes, 'latin1')
  }
  const block = encodeBlocks(records.map(({ record }) => record))
  const firstIndex = from.nextIndex
  const parts = encodeFrame({ firstIndex, fillsHole, lastReceivedUnixNs, keys, leaves, block })
  return {
    parts,
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    firstIndex,
    rowCount: records.length,
    leaves,
    next: { nextIndex: firstIndex + records.length, lastReceivedUnixNs },
  }
}
