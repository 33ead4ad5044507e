import { encodeContents, encodeRecords } from '@whodid/store'
import type { AppendBatch } from '@whodid/store'
import type { LedgerRecord } from '@whodid/model'

/*
 * What a frame holds of its records, byte by byte:
 *
 *   0  4  n, bytes of the records' block, little-endian
 *   4  n  Native block of the records
 *   …  …  Native block of their envelopes; nothing when none has text
 *
 * Text is encrypted before it comes here: the log holds none that can be read without its key.
 */

const lengthBytes = 4

/** Encodes records and their text for a frame. */
export function encodeBlocks(records: readonly LedgerRecord[]): Buffer {
  const block = encodeRecords(records)
  const head = Buffer.alloc(lengthBytes)
  head.writeUInt32LE(block.length)
  return Buffer.concat([head, block, encodeContents(records)])
}

/** What the frames of a segment insert. Precondition: each was made by {@link encodeBlocks}. */
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
