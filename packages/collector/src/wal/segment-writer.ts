import type { FileHandle } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import { cutDurably, shortWrite, syncDirectory } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import type { CollectorLimits } from '../limits.ts'
import { segmentPath } from './segment-files.ts'
import { encodeHeader, segmentHeaderBytes } from './segment.ts'
import type { IndexRange } from './segment.ts'

/** A closed segment: its content never changes again. */
export interface ClosedSegment {
  readonly number: number
  /** Its share of the log's bound. */
  readonly bytes: number
  /** The time of receipt of its first record, in milliseconds of the log's own clock; of an earlier run, by the file's time. */
  readonly openedMs: number
  /** Indexes of its records, from the first to behind the last; of a segment of an earlier run, as far as they are known. */
  readonly indexes: IndexRange
}

/** The frames that one flush makes durable. */
interface WriteGroup {
  readonly parts: readonly Buffer[]
  readonly rowCount: number
  /** Of the records; undefined when all of them fill holes. */
  readonly indexes: IndexRange | undefined
}

interface OpenSegment {
  readonly number: number
  readonly path: string
  readonly handle: FileHandle
  readonly openedMs: number
  /** Bytes of the file that a flush has covered: acknowledged records lie within. */
  durableBytes: number
  rowCount: number
  indexes: IndexRange | undefined
}

/** Writes one segment after another. Owned by the log's loop: no two calls overlap. */
export class SegmentWriter {
  readonly logIdHex: string
  readonly #files: FilePort
  readonly #dir: string
  #nextNumber: number
  #newestNumber: number
  #open: OpenSegment | undefined
  #broken: OpenSegment | undefined

  constructor(start: { files: FilePort; dir: string; logIdHex: string; nextNumber: number }) {
    this.logIdHex = start.logIdHex
    this.#files = start.files
    this.#dir = start.dir
    this.#nextNumber = start.nextNumber
    this.#newestNumber = start.nextNumber - 1
  }

  get newestNumber(): number {
    return this.#newestNumber
  }

  get openedMs(): number | undefined {
    return this.#open?.openedMs
  }

  get rowCount(): number {
    return this.#open?.rowCount ?? 0
  }

  get bytes(): number {
    return this.#open?.durableBytes ?? 0
  }

  /** Milliseconds of age at which the open segment is to be closed; see {@link segmentAge}. */
  ageMax(unstoredCount: number, limits: CollectorLimits): number {
    return segmentAge(this, unstoredCount, limits)
  }

  /** True when a failure has left a segment that must be mended before anything else is written. */
  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** Writes and flushes. If it throws, nothing of this call counts as written, and the file is not written to again. */
  async write({ parts, rowCount, indexes }: WriteGroup, nowMs: number): Promise<void> {
    const segment = (this.#open ??= await this.#start(nowMs))
    try {
      const bytes = parts.reduce((sum, part) => sum + part.length, 0)
      await writeAll(segment.handle, parts, segment.durableBytes)
      // A crash before this returns may leave whole frames that were not acknowledged: the next start keeps them, and a
      // sender that tries again finds their keys. A crash after it loses nothing.
      await segment.handle.datasync()
      segment.durableBytes += bytes
      segment.rowCount += rowCount
      if (indexes !== undefined)
        segment.indexes = { first: segment.indexes?.first ?? indexes.first, end: indexes.end }
    } catch (thrown) {
      // After a failed flush the kernel may call pages clean that never reached the disk: earlier bytes are durable,
      // the rest is cut off, and the file ends there.
      this.#broken = segment
      this.#open = undefined
      throw thrown
    }
    this.#newestNumber = segment.number
  }

  /** Closes the open segment, whose content never changes again; undefined when there is none. */
  async close(): Promise<ClosedSegment | undefined> {
    const segment = this.#open
    if (segment === undefined) return undefined
    this.#open = undefined
    this.#broken = segment
    await this.#finish(segment)
    this.#broken = undefined
    return closedOf(segment)
  }

  /** Cuts a broken segment to its flushed length and closes it; throws while the disk still fails. */
  async mend(): Promise<ClosedSegment | undefined> {
    const segment = this.#broken
    if (segment === undefined) return undefined
    await segment.handle.close().catch(() => undefined)
    if (segment.rowCount === 0) {
      await this.#files.rm(segment.path, { force: true })
      this.#broken = undefined
      return undefined
    }
    await this.#cut(segment)
    await this.#publish(segment)
    this.#broken = undefined
    return closedOf(segment)
  }

  async #start(openedMs: number): Promise<OpenSegment> {
    const number = this.#nextNumber
    const path = segmentPath(this.#dir, number, 'open')
    // Exclusive: a second writer in this directory fails here instead of overwriting.
    const handle = await this.#files.open(path, 'wx', 0o600)
    this.#nextNumber += 1
    const segment = {
      number,
      path,
      handle,
      openedMs,
      durableBytes: segmentHeaderBytes,
      rowCount: 0,
      indexes: undefined,
    }
    try {
      await writeAll(handle, [encodeHeader({ logIdHex: this.logIdHex, number })], 0)
      // Without this a crash could lose the file's name, and with it records that were flushed and acknowledged.
      await syncDirectory(this.#files, this.#dir)
    } catch (thrown) {
      this.#broken = segment
      throw thrown
    }
    return segment
  }

  async #finish(segment: OpenSegment): Promise<void> {
    await segment.handle.sync()
    await segment.handle.close()
    await this.#publish(segment)
  }

  async #cut(segment: OpenSegment): Promise<void> {
    const path = (await this.#isClosed(segment))
      ? segmentPath(this.#dir, segment.number, 'closed')
      : segment.path
    await cutDurably(this.#files, path, segment.durableBytes)
  }

  async #publish(segment: OpenSegment): Promise<void> {
    // A crash before the directory is flushed leaves the segment open or closed, with the same frames either way; it is
    // not handed to ClickHouse before that, so its token has stood for nothing else.
    if (!(await this.#isClosed(segment)))
      await this.#files.rename(segment.path, segmentPath(this.#dir, segment.number, 'closed'))
    await syncDirectory(this.#files, this.#dir)
  }

  /** True when an earlier attempt got as far as the rename. */
  async #isClosed(segment: OpenSegment): Promise<boolean> {
    try {
      await this.#files.stat(segmentPath(this.#dir, segment.number, 'closed'))
      return true
    } catch {
      // Not there under that name: it is still open.
      return false
    }
  }
}

function closedOf(segment: OpenSegment): ClosedSegment {
  const { number, openedMs, indexes = { first: 0, end: 0 } } = segment
  // The header counts for nothing: the log's bound is kept in bytes of frames.
  return { number, openedMs, indexes, bytes: segment.durableBytes - segmentHeaderBytes }
}

/** Buffers handed to one writev; Linux takes 1,024. */
const partsPerWrite = 512

async function writeAll(
  handle: FileHandle,
  parts: readonly Buffer[],
  startPosition: number,
): Promise<void> {
  let position = startPosition
  for (let from = 0; from < parts.length; from += partsPerWrite) {
    const some = parts.slice(from, from + partsPerWrite)
    const bytes = some.reduce((sum, part) => sum + part.length, 0)
    const { bytesWritten } = await handle.writev(some, position)
    if (bytesWritten !== bytes) throw shortWrite(bytesWritten, bytes)
    position += bytes
  }
}

/** The levels of an open segment. */
export interface OpenLevels {
  readonly rowCount: number
  readonly bytes: number
}

type SegmentLimits = Pick<
  CollectorLimits,
  | 'segmentRowsMax'
  | 'segmentBytesMax'
  | 'segmentAgeMaxMs'
  | 'segmentBusyRows'
  | 'segmentBusyAgeMaxMs'
>

/**
 * Milliseconds after its first record at which a segment is closed, as it stands now: 0 when it is full, Infinity while
 * one of `unstoredCount` before it is on its way, for it would only wait behind that.
 *
 * Merges are most of what a row costs the engine, and rows of one insert are merged fewer times than rows of ten
 * inserts: so a segment that fills fast is given longer, and one that is behind an insert goes on filling.
 */
export function segmentAge(open: OpenLevels, unstoredCount: number, limits: SegmentLimits): number {
  if (open.rowCount >= limits.segmentRowsMax || open.bytes >= limits.segmentBytesMax) return 0
  if (unstoredCount > 0) return Number.POSITIVE_INFINITY
  if (open.rowCount < limits.segmentBusyRows) return limits.segmentAgeMaxMs
  return Math.max(limits.segmentAgeMaxMs, limits.segmentBusyAgeMaxMs)
}

/** Turns the system's error into one for senders: `log_full` when the disk is full, `log_failed` otherwise. */
export function logError(thrown: unknown): WhodidError {
  const code = errorCode(thrown)
  const isFull = isDiskFull(thrown)
  return new WhodidError(
    isFull ? 'log_full' : 'log_failed',
    `the log could not be written: ${isFull ? 'the disk is full' : 'the disk failed'} (${code})`,
    { cause: thrown },
  )
}

/** True when the system said that a disk, or a quota on it, is full. */
function isDiskFull(thrown: unknown): boolean {
  const code = errorCode(thrown)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
}
