import { encodeContents } from '@whodid/store'
import type { AppendBatch, EnvelopeOwner } from '@whodid/store'

/*
 * What a frame holds of its records, byte by byte:
 *
 *   0  4  n, bytes of the records' rows, little-endian
 *   4  n  rows of the records, RowBinary
 *   …  …  Native block of their envelopes; nothing when none has text
 *
 * Text is encrypted before it comes here: the log holds none that can be read without its key.
 */

const lengthBytes = 4

/** Joins rows, and the envelopes of their text, for a frame. */
export function joinBlocks(rows: Buffer, owners: readonly EnvelopeOwner[]): Buffer {
  const head = Buffer.alloc(lengthBytes)
  head.writeUInt32LE(rows.length)
  return Buffer.concat([head, rows, encodeContents(owners)])
}

/** What the frames of a segment insert. Precondition: each was made by {@link joinBlocks}. */
export function splitBlocks(frames: readonly Buffer[]): Omit<AppendBatch, 'token'> {
  const blocks: Buffer[] = []
  const contents: Buffer[] = []
  for (const frame of frames) {
    const end = lengthBytes + frame.readUInt32LE(0)
    blocks.push(frame.subarray(lengthBytes, end))
    if (end < frame.length) contents.push(frame.subarray(end))
  }
  return { blocks, contents }
}
