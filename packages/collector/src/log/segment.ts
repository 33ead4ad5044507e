import { crc32 } from 'node:zlib'
import { recordKeyBytes } from '../record-key.ts'

/*
 * A segment, byte by byte. Integers are little-endian.
 *
 *   header  0  4  "WDSG"
 *           4  2  version, 1
 *           6  2  zero
 *           8 16  log ID
 *          24  8  segment number
 *          32  4  CRC-32 of bytes 0–31
 *   frame   0  4  "WDFR"
 *           4  4  payload length
 *           8  4  CRC-32 of bytes 4–7 and the payload
 *          12  …  payload: 4 row count n, n × 16 record keys, one Native block of n rows
 *
 * A frame is one request's records. The magic lets a reader find the next frame behind one whose length is damaged.
 */

const headerMagic = Buffer.from('WDSG')
const frameMagic = Buffer.from('WDFR')
const version = 1

/** Bytes of a segment's header. */
export const segmentHeaderBytes = 36

const frameHeaderBytes = 12

/** Which log, and which of its segments: together the name of an insert. */
export interface SegmentName {
  readonly logIdHex: string
  readonly number: number
}

/** The records of one request. */
export interface Frame {
  /** Keys of the records, one after another. */
  readonly keys: Buffer
  readonly rowCount: number
  /** A block from `encodeRecords`. */
  readonly block: Buffer
}

/** What could be read of a segment. */
export interface SegmentContent {
  /** undefined when the header is damaged. */
  readonly name: SegmentName | undefined
  readonly frames: readonly Frame[]
  /** Where the last whole frame ends; what follows is torn. */
  readonly endOfLastFrame: number
  /** Bytes in front of that which belong to no whole frame: damage, not a torn tail. */
  readonly damagedBytes: number
  /** Bytes behind it: a torn tail in a segment that was open, damage in one that was sealed. */
  readonly tailBytes: number
  /** Whether the tail is as long as it says it is: a write that was torn ends early, a flipped bit does not. */
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
export function encodeFrame(keys: readonly Buffer[], block: Buffer): Buffer[] {
  const head = Buffer.alloc(frameHeaderBytes + 4)
  const payloadBytes = 4 + keys.length * recordKeyBytes + block.length
  frameMagic.copy(head, 0)
  head.writeUInt32LE(payloadBytes, 4)
  head.writeUInt32LE(keys.length, frameHeaderBytes)
  const joinedKeys = Buffer.concat(keys)
  let sum = crc32(head.subarray(4, 8))
  for (const part of [head.subarray(frameHeaderBytes), joinedKeys, block]) sum = crc32(part, sum)
  head.writeUInt32LE(sum, 8)
  return [head, joinedKeys, block]
}

/** Reads a segment's bytes, whatever state they are in. Never throws; the frames it returns have a good checksum. */
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
  if (payload.length < 4 || sum !== bytes.readUInt32LE(at + 8)) return undefined
  const rowCount = payload.readUInt32LE(0)
  const endOfKeys = 4 + rowCount * recordKeyBytes
  if (endOfKeys > payload.length) return undefined
  return { rowCount, keys: payload.subarray(4, endOfKeys), block: payload.subarray(endOfKeys) }
}
