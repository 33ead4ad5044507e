import { crc32 } from 'node:zlib'
import { encodeContents } from '@whodid/store'
import type { AppendBatch, TextBlockOwner } from '@whodid/store'
import { hashBytes } from '@whodid/tlog'
import { recordKeyBytes } from './record-key.ts'

/*
 * A segment, byte by byte. Integers are little-endian.
 *
 *   header  0  4  "WDSG"
 *           4  2  version, 4
 *           6  2  zero
 *           8 16  log ID
 *          24  8  segment number
 *          32  4  CRC-32 of bytes 0–31
 *   frame   0  4  "WDFR"
 *           4  4  payload length
 *           8  4  CRC-32 of bytes 4–7 and the payload
 *          12  …  payload: 4 row count n, 4 flags, 8 index of the first record, 8 time of receipt of the last,
 *                 n × 16 record keys, n × 32 leaf hashes, n rows and their text
 *
 * A frame is the records that were flushed together, whose indexes follow one another. Flag 1: it fills a hole that damage has left, with
 * indexes lower than those before it. The magic lets a reader find the next frame behind one whose length is damaged. The
 * leaf hashes are for the sequencer: after a crash it continues from them and decodes no row.
 */

const headerMagic = Buffer.from('WDSG')
const frameMagic = Buffer.from('WDFR')
const version = 4

/** Bytes of a segment's header. */
export const segmentHeaderBytes = 36

const frameHeaderBytes = 12
const payloadHeadBytes = 24
const fillsHoleFlag = 1

/** Indexes of the log, `end` not included. */
export interface IndexRange {
  readonly first: number
  readonly end: number
}

/** Leaf hashes of records that follow one another. */
export interface LeafRun {
  readonly firstIndex: number
  /** 32 bytes each, one after another. */
  readonly leaves: Buffer
}

/** A log and one of its segments: together the name of an insert. */
export interface SegmentName {
  readonly logIdHex: string
  readonly number: number
}

/** The records of one flush. */
export interface Frame {
  /** Index of its first record in the log; the others follow. */
  readonly firstIndex: number
  /** True when it stands in for records that damage took. */
  readonly fillsHole: boolean
  /** The time at which its last record was received, in nanoseconds since 1970. */
  readonly lastReceivedUnixNs: bigint
  /** Keys of the records, one after another. */
  readonly keys: Buffer
  /** Leaf hashes of the records, one after another. */
  readonly leaves: Buffer
  readonly rowCount: number
  /** The result of {@link joinBlocks}. */
  readonly block: Buffer
}

/** The readable part of a segment. */
export interface SegmentContent {
  /** undefined when the header is damaged. */
  readonly name: SegmentName | undefined
  readonly frames: readonly Frame[]
  /** The end of the last whole frame; bytes behind it are torn. */
  readonly endOfLastFrame: number
  /** Bytes in front of that which belong to no whole frame: damage, not a torn tail. */
  readonly damagedBytes: number
  /** Bytes behind it: a torn tail in a segment that was open, damage in one that was closed. */
  readonly tailBytes: number
  /** True when the tail is as long as it says it is: a write that was torn ends early, a flipped bit does not. */
  readonly isTailWhole: boolean
}

export function encodeHeader(name: SegmentName): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes)
  headerMagic.copy(header, 0)
  header.writeUInt16LE(version, 4)
  header.write(name.logIdHex, 8, 16, 'hex')
  header.writeBigUInt64LE(BigInt(name.number), 24)
  header.writeUInt32LE(crc32(header.subarray(0, 32)), 32)
  return header
}

/** Encodes a frame in parts, so that the block is not copied. */
export function encodeFrame(frame: Omit<Frame, 'rowCount'>): Buffer[] {
  const { keys, leaves, block } = frame
  const head = Buffer.alloc(frameHeaderBytes + payloadHeadBytes)
  frameMagic.copy(head, 0)
  head.writeUInt32LE(payloadHeadBytes + keys.length + leaves.length + block.length, 4)
  head.writeUInt32LE(keys.length / recordKeyBytes, frameHeaderBytes)
  head.writeUInt32LE(frame.fillsHole ? fillsHoleFlag : 0, frameHeaderBytes + 4)
  head.writeBigUInt64LE(BigInt(frame.firstIndex), frameHeaderBytes + 8)
  head.writeBigInt64LE(frame.lastReceivedUnixNs, frameHeaderBytes + 16)
  let sum = crc32(head.subarray(4, 8))
  for (const part of [head.subarray(frameHeaderBytes), keys, leaves, block]) sum = crc32(part, sum)
  head.writeUInt32LE(sum, 8)
  return [head, keys, leaves, block]
}

/** Reads a segment's bytes in any state. Never throws; the frames it returns have a good checksum. */
export function decodeSegment(bytes: Buffer): SegmentContent {
  const frames: Frame[] = []
  let damagedBytes = 0
  let endOfLastFrame = Math.min(segmentHeaderBytes, bytes.length)
  let at = endOfLastFrame
  while (at < bytes.length) {
    const end = endOfFrame(bytes, at)
    const frame = end === undefined ? undefined : decodeFrame(bytes, at, end)
    if (frame !== undefined && end !== undefined) {
      frames.push(frame)
      damagedBytes += at - endOfLastFrame
      endOfLastFrame = end
      at = end
      continue
    }
    const next = bytes.indexOf(frameMagic, at + 1)
    if (next === -1) break
    at = next
  }
  return {
    name: decodeHeader(bytes),
    frames,
    endOfLastFrame,
    damagedBytes,
    tailBytes: bytes.length - endOfLastFrame,
    isTailWhole: endOfFrame(bytes, endOfLastFrame) !== undefined,
  }
}

function decodeHeader(bytes: Buffer): SegmentName | undefined {
  if (bytes.length < segmentHeaderBytes || !bytes.subarray(0, 4).equals(headerMagic))
    return undefined
  if (bytes.readUInt16LE(4) !== version) return undefined
  if (bytes.readUInt32LE(32) !== crc32(bytes.subarray(0, 32))) return undefined
  return { logIdHex: bytes.toString('hex', 8, 24), number: Number(bytes.readBigUInt64LE(24)) }
}

function endOfFrame(bytes: Buffer, at: number): number | undefined {
  if (at + frameHeaderBytes > bytes.length) return undefined
  if (!bytes.subarray(at, at + 4).equals(frameMagic)) return undefined
  const end = at + frameHeaderBytes + bytes.readUInt32LE(at + 4)
  return end > bytes.length ? undefined : end
}

function decodeFrame(bytes: Buffer, at: number, end: number): Frame | undefined {
  const payload = bytes.subarray(at + frameHeaderBytes, end)
  const sum = crc32(payload, crc32(bytes.subarray(at + 4, at + 8)))
  if (payload.length < payloadHeadBytes || sum !== bytes.readUInt32LE(at + 8)) return undefined
  const rowCount = payload.readUInt32LE(0)
  const endOfKeys = payloadHeadBytes + rowCount * recordKeyBytes
  const endOfLeaves = endOfKeys + rowCount * hashBytes
  if (endOfLeaves > payload.length) return undefined
  return {
    rowCount,
    fillsHole: (payload.readUInt32LE(4) & fillsHoleFlag) !== 0,
    firstIndex: Number(payload.readBigUInt64LE(8)),
    lastReceivedUnixNs: payload.readBigInt64LE(16),
    keys: payload.subarray(payloadHeadBytes, endOfKeys),
    leaves: payload.subarray(endOfKeys, endOfLeaves),
    block: payload.subarray(endOfLeaves),
  }
}

/*
 * The block of a frame, byte by byte:
 *
 *   0  4  n, bytes of the records' rows, little-endian
 *   4  n  rows of the records, RowBinary
 *   …  …  Native block of the blocks of their text; nothing when none has text
 *
 * Text must be encrypted before: the log holds none that can be read without its key.
 */

const lengthBytes = 4

/** Joins rows, and the blocks of their text, for a frame. */
export function joinBlocks(rows: readonly Buffer[], owners: readonly TextBlockOwner[]): Buffer {
  const head = Buffer.alloc(lengthBytes)
  head.writeUInt32LE(rows.reduce((sum, { length }) => sum + length, 0))
  return Buffer.concat([head, ...rows, encodeContents(owners)])
}

/** Returns the batch that the frames of a segment insert. Precondition: each was made by {@link joinBlocks}. */
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
