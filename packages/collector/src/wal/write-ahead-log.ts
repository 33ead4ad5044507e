import { WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { FilePort } from '@whodid/tlog-posix'
import type { CollectorLimits } from '../limits.ts'
import { rowsOf } from '../rows/made-rows.ts'
import type { MadeRows } from '../rows/made-rows.ts'
import { freshBytes, freshRows } from './fresh-rows.ts'
import type { FreshRows } from './fresh-rows.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { RecentKeys } from './record-key.ts'
import { logError } from './segment-writer.ts'
import type { ClosedSegment, SegmentWriter } from './segment-writer.ts'
import type { LeafRun } from './segment.ts'
import { indexesOf } from './sequence-queue.ts'
import type { SequenceQueue, Waiting } from './sequence-queue.ts'

/** The options of a log. */
export interface LogOptions {
  readonly dir: string
  /** The log's ID in every record: its C2SP origin. */
  readonly logId: string
  readonly limits: CollectorLimits
  /** Leaves that a checkpoint covers; default: nothing is sealed. */
  readonly sealedSize?: number | undefined
  /** The ledger, which is asked for the records of a damaged segment. Default: none, and damaged records are lost. */
  readonly rows?: LedgerRows | undefined
  /** Is handed the leaf hashes of all that has become durable, in order of the indexes. */
  readonly onDurable?: (run: LeafRun) => void
  /** Records that are durable and that no checkpoint covers. */
  readonly unsealedCount?: () => number
  /** Milliseconds of a clock that only goes forward: a segment's age must not wait for a clock that was put back. */
  readonly nowMs: () => number
  readonly onClosed: (segment: ClosedSegment) => void
  readonly onProblem: (message: string) => void
  readonly files?: FilePort
}

/** The result of an append. */
export interface Appended {
  readonly appendedCount: number
  readonly duplicateCount: number
}

/** With the writes that make all of it durable. */
type Taken = Appended & { readonly covers: Set<Promise<void>> }

/** The state in which an earlier run has left the log. */
interface LogStart {
  readonly keys: RecentKeys
  readonly writer: SegmentWriter
  readonly queue: SequenceQueue
  readonly unstoredBytes: number
  readonly unstoredCount: number
}

/** Milliseconds after a failure until the log tries to mend itself, unless a request comes first. */
const mendDelayMs = 1_000

/**
 * The collector's log. `append` resolves when the records are on the disk: requests that wait at the same time share one
 * flush. A record that is already in the log is not written again, and its sender waits for the flush that covers the
 * first.
 */
export class WriteAheadLog {
  readonly #options: LogOptions
  readonly #keys: RecentKeys
  /** Keys of records that are not durable yet, each with the write that will make it so. */
  readonly #pending = new Map<string, Promise<void>>()
  readonly #writer: SegmentWriter
  readonly #queue: SequenceQueue
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #unstoredBytes: number
  #unstoredCount: number
  #isClosing = false

  /** Must be called by `openWriteAheadLog`, which recovers `start` from the directory. */
  constructor(options: LogOptions, start: LogStart) {
    this.#options = options
    this.#keys = start.keys
    this.#writer = start.writer
    this.#queue = start.queue
    this.#unstoredBytes = start.unstoredBytes
    this.#unstoredCount = start.unstoredCount
  }

  /** The log's ID in every record: its origin. */
  get logId(): string {
    return this.#options.logId
  }

  /** The log's ID in the tokens of inserts. */
  get logIdHex(): string {
    return this.#writer.logIdHex
  }

  /** Bytes that ClickHouse has not acknowledged. */
  get unstoredBytes(): number {
    return this.#unstoredBytes
  }

  /** Number of the newest segment that holds records; 0 when none does. */
  get newestNumber(): number {
    return this.#writer.newestNumber
  }

  /** The time of receipt of the first record of the open segment; undefined when there is none. */
  get openedMs(): number | undefined {
    return this.#writer.openedMs
  }

  /** Throws `log_full` at the bound or when the disk is full, `log_failed` when the disk fails; both may pass. */
  append(records: readonly LedgerRecord[]): Promise<Appended> {
    return this.appendRows(rowsOf(this.logId, records))
  }

  /** As {@link append}, of records that are rows already. Their bytes are the log's from then on. */
  appendRows(made: MadeRows): Promise<Appended> {
    return new Promise((resolve) => {
      resolve(covered(this.#takeFresh(made)))
    })
  }

  /**
   * Puts records in places that damage has emptied, from `firstIndex` on, so that the log stays dense; resolves when they
   * are durable. Only before anything is appended.
   */
  async fill(firstIndex: number, records: readonly LedgerRecord[]): Promise<LeafRun> {
    const fresh = freshRows(rowsOf(this.logId, records), () => true)
    const { written } = this.#push(fresh, firstIndex)
    this.#wake()
    return written
  }

  /** Must be called when a segment's rows are in ClickHouse. */
  release(segment: ClosedSegment): void {
    this.#unstoredBytes -= segment.bytes
    this.#unstoredCount -= 1
    this.#wake()
  }

  /** Writes the records that wait, closes the segment, and takes nothing more. */
  async close(): Promise<void> {
    await this.#running
    this.#isClosing = true
    this.#wake()
    await this.#running
    clearTimeout(this.#timer)
  }

  #takeFresh(made: MadeRows): Taken {
    const covers = new Set<Promise<void>>()
    const freshKeys = new Set<string>()
    const fresh = freshRows(made, (key) => {
      const cover = this.#pending.get(key)
      if (cover !== undefined) covers.add(cover)
      if (cover !== undefined || this.#keys.has(key) || freshKeys.has(key)) return false
      freshKeys.add(key)
      return true
    })
    const appendedCount = fresh.keys.length
    if (appendedCount > 0) covers.add(this.#enqueue(fresh))
    return { covers, appendedCount, duplicateCount: made.starts.length - appendedCount }
  }

  #enqueue(fresh: FreshRows): Promise<void> {
    const { limits, unsealedCount } = this.#options
    if ((unsealedCount?.() ?? 0) >= limits.unsealedRowsMax)
      throw new WhodidError(
        'log_full',
        `the log expected at most ${limits.unsealedRowsMax} records that are not sealed; the sequencer is behind or has failed`,
      )
    const { keys } = fresh
    const { bytes, written } = this.#push(fresh)
    const durable = this.#settle(written, keys, bytes)
    for (const key of keys) this.#pending.set(key, durable)
    this.#wake()
    return durable
  }

  /** Waits for the next places in the log, or for those from `holeAt` on. */
  #push(fresh: FreshRows, holeAt?: number): { bytes: number; written: Promise<LeafRun> } {
    const { logBytesMax } = this.#options.limits
    const bytes = freshBytes(fresh)
    if (this.#unstoredBytes + bytes > logBytesMax)
      throw new WhodidError(
        'log_full',
        `the log expected at most ${logBytesMax} bytes that are not stored; it holds ${this.#unstoredBytes}`,
      )
    this.#unstoredBytes += bytes
    const written = new Promise<LeafRun>((resolve, reject) => {
      this.#queue.push({ fresh, holeAt, resolve, reject })
    })
    return { bytes, written }
  }

  async #settle(written: Promise<unknown>, keys: readonly string[], bytes: number): Promise<void> {
    try {
      await written
      for (const key of keys) this.#keys.add(key)
    } catch (thrown) {
      this.#unstoredBytes -= bytes
      throw thrown
    } finally {
      for (const key of keys) this.#pending.delete(key)
    }
  }

  #wake(): void {
    this.#running ??= this.#run()
  }

  /** The one loop that touches the file: writes all that waits, flushes once, answers all, closes the segment when it is due. */
  async #run(): Promise<void> {
    clearTimeout(this.#timer)
    // Lets the requests of this turn of the event loop share the flush.
    await Promise.resolve()
    do {
      const group = this.#queue.take(this.#options.limits.segmentBytesMax)
      if (group.length > 0) await this.#writeGroup(group)
      if (this.#isCloseDue()) await this.#closeSegment()
    } while (!this.#queue.isEmpty)
    // In the same turn as the last look at the queue: a request that comes now starts the loop again.
    this.#running = undefined
    this.#armTimer()
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const { onDurable, onProblem } = this.#options
    let frame: ReturnType<SequenceQueue['frame']>
    try {
      frame = await this.#writeFrame(group)
    } catch (thrown) {
      const error = logError(thrown)
      onProblem(error.message)
      // Nothing of the group is durable, or will be once the segment is mended, which comes before any other write.
      for (const { reject } of group) reject(error)
      return
    }
    this.#queue.accept(frame)
    // Until here it was counted as it was before its texts were encrypted.
    this.#unstoredBytes +=
      frame.bytes - group.reduce((sum, { fresh }) => sum + freshBytes(fresh), 0)
    // Not the frame: its bytes would be kept for as long as its leaves wait to be sealed.
    const run = { firstIndex: frame.firstIndex, leaves: frame.leaves }
    if (!frame.fillsHole) onDurable?.(run)
    for (const { resolve } of group) resolve(run)
  }

  async #writeFrame(group: readonly Waiting[]): Promise<ReturnType<SequenceQueue['frame']>> {
    const mended = await this.#writer.mend()
    if (mended !== undefined) this.#handOver(mended)
    const frame = this.#queue.frame(group)
    const { parts, rowCount } = frame
    await this.#writer.write({ parts, rowCount, indexes: indexesOf(frame) }, this.#options.nowMs())
    return frame
  }

  #isCloseDue(): boolean {
    const { openedMs } = this.#writer
    if (this.#writer.isBroken) return true
    if (openedMs === undefined) return false
    return this.#isClosing || this.#options.nowMs() - openedMs >= this.#ageMax()
  }

  #ageMax(): number {
    return this.#writer.ageMax(this.#unstoredCount, this.#options.limits)
  }

  #handOver(closed: ClosedSegment): void {
    this.#unstoredCount += 1
    this.#options.onClosed(closed)
  }

  async #closeSegment(): Promise<void> {
    try {
      const closed = (await this.#writer.mend()) ?? (await this.#writer.close())
      if (closed !== undefined) this.#handOver(closed)
    } catch (thrown) {
      // Its records stay durable under the open name; mending tries again, and so does the next start.
      this.#options.onProblem(logError(thrown).message)
    }
  }

  #armTimer(): void {
    if (this.#isClosing) return
    const { openedMs, isBroken } = this.#writer
    if (openedMs === undefined && !isBroken) return
    const ageMs = this.#options.nowMs() - (openedMs ?? this.#options.nowMs())
    const delayMs = isBroken ? mendDelayMs : this.#ageMax() - ageMs
    // A segment that waits for an insert is woken by `release`.
    if (delayMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.#wake(), Math.max(delayMs, 1))
  }
}

async function covered({ covers, ...appended }: Taken): Promise<Appended> {
  await Promise.all(covers)
  return appended
}
