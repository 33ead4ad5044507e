import type { FilePort } from '@whodid/tlog-posix'
import { ledgerEnd } from './ledger-rows.ts'
import type { LedgerRows } from './ledger-rows.ts'
import { recordKeyBytes } from './record-key.ts'
import type { RecentKeys } from './record-key.ts'
import { segmentPath } from './segment-files.ts'
import type { SegmentFile } from './segment-files.ts'
import { decodeSegment, segmentHeaderBytes } from './segment.ts'
import type { LeafRun } from './segment.ts'
import type { IndexRange, Frame } from './segment.ts'
import type { Sequence } from './sequence-frame.ts'

/** A segment of an earlier run, as far as it was read. */
export interface ReadSegment extends SegmentFile {
  readonly indexes: IndexRange
}

/** The state of the log, as the segments of a directory show it. */
export interface ReadBack {
  readonly sequence: Sequence
  readonly segments: readonly ReadSegment[]
  /** The leaves that are durable and not in the tree, in order of the indexes. */
  readonly unsealed: readonly LeafRun[]
  /** Indexes that were given and whose records are not whole in any segment, in order. */
  readonly missing: readonly IndexRange[]
}

/** The segments to read back, and the limits of reading. */
export interface ReadBackOptions {
  readonly files: FilePort
  readonly dir: string
  readonly segments: readonly SegmentFile[]
  readonly keys: RecentKeys
  readonly keysMax: number
  /** Leaves that a checkpoint covers; undefined where nothing is sealed. */
  readonly sealedSize: number | undefined
  /** The ledger, which is asked only where a segment is damaged. */
  readonly rows: LedgerRows | undefined
  readonly logId: string
}

/** Reads the newest segments until the recent keys are known and all that is not sealed has been seen. */
export async function readBack(options: ReadBackOptions): Promise<ReadBack> {
  const { files, dir, keys, keysMax, sealedSize } = options
  const read = new Map<number, readonly Frame[]>()
  const keysNewestFirst: string[][] = []
  let keyCount = 0
  let lowest = Number.MAX_SAFE_INTEGER
  let unreadBytes = 0
  for (const segment of options.segments.toReversed()) {
    if (keyCount >= keysMax && lowest <= (sealedSize ?? lowest)) break
    if (segment.bytes <= segmentHeaderBytes) continue
    const bytes = await files.readFile(segmentPath(dir, segment.number, segment.state))
    const content = decodeSegment(bytes)
    const { frames } = content
    unreadBytes += content.damagedBytes + content.tailBytes
    const found = frames.flatMap((frame) => splitKeys(frame.keys))
    keysNewestFirst.push(found)
    keyCount += found.length
    read.set(segment.number, frames.map(withoutBlock))
    for (const frame of frames) if (!frame.fillsHole) lowest = Math.min(lowest, frame.firstIndex)
  }
  for (const found of keysNewestFirst.toReversed()) for (const key of found) keys.add(key)
  const frames = [...read.values()].flat().toSorted((a, b) => a.firstIndex - b.firstIndex)
  const storedEnd = await endInLedger(options, unreadBytes)
  const sequence = sequenceOf(frames, Math.max(sealedSize ?? 0, storedEnd))
  return {
    sequence,
    segments: options.segments.map((segment) => ({
      ...segment,
      indexes: indexesOf(read.get(segment.number) ?? []),
    })),
    unsealed: frames.flatMap((frame) => runAbove(frame, sealedSize ?? sequence.nextIndex)),
    missing: missingOf(frames, { lowest, sealedSize, end: sequence.nextIndex }),
  }
}

/** Unreadable bytes may have been the end of the log: their places are taken all the same where ClickHouse has rows of them. */
async function endInLedger({ rows, logId }: ReadBackOptions, unreadBytes: number): Promise<number> {
  return unreadBytes === 0 || rows === undefined ? 0 : ledgerEnd(rows, logId)
}

/** Copies the small parts of a frame: a view of the leaves would hold the whole segment in memory. */
function withoutBlock(frame: Frame): Frame {
  return { ...frame, keys: nothing, block: nothing, leaves: Buffer.from(frame.leaves) }
}

const nothing = Buffer.alloc(0)

function splitKeys(keys: Buffer): string[] {
  const split: string[] = []
  for (let at = 0; at < keys.length; at += recordKeyBytes)
    split.push(keys.toString('latin1', at, at + recordKeyBytes))
  return split
}

/**
 * No index that a checkpoint covers is given again, also when the segments that held it are gone: its leaf is signed, and
 * another record under it would be a forgery.
 */
function sequenceOf(frames: readonly Frame[], takenEnd: number): Sequence {
  let nextIndex = takenEnd
  let lastReceivedUnixNs = 0n
  for (const frame of frames) {
    nextIndex = Math.max(nextIndex, frame.firstIndex + frame.rowCount)
    if (frame.lastReceivedUnixNs > lastReceivedUnixNs) lastReceivedUnixNs = frame.lastReceivedUnixNs
  }
  return { nextIndex, lastReceivedUnixNs }
}

function indexesOf(frames: readonly Frame[]): IndexRange {
  const own = frames.filter(({ fillsHole }) => !fillsHole)
  const [first] = own
  const last = own.at(-1)
  if (first === undefined || last === undefined) return { first: 0, end: 0 }
  return { first: first.firstIndex, end: last.firstIndex + last.rowCount }
}

function runAbove(frame: Frame, size: number): LeafRun[] {
  const skipped = Math.max(size - frame.firstIndex, 0)
  if (skipped >= frame.rowCount) return []
  const bytesOfLeaf = frame.leaves.length / frame.rowCount
  const leaves = frame.leaves.subarray(skipped * bytesOfLeaf)
  return [{ firstIndex: frame.firstIndex + skipped, leaves }]
}

interface Window {
  readonly lowest: number
  readonly sealedSize: number | undefined
  readonly end: number
}

function missingOf(frames: readonly Frame[], { lowest, sealedSize, end }: Window): IndexRange[] {
  const missing: IndexRange[] = []
  let at = Math.min(lowest, sealedSize ?? lowest)
  for (const { firstIndex, rowCount } of frames) {
    if (firstIndex > at) missing.push({ first: at, end: firstIndex })
    at = Math.max(at, firstIndex + rowCount)
  }
  if (at < end) missing.push({ first: at, end })
  return missing
}
