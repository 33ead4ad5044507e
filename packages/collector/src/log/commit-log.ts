import { WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { encodeFresh } from './fresh-rows.ts'
import type { FreshRows } from './fresh-rows.ts'
import { logError } from './log-error.ts'
import { systemFiles } from './log-files.ts'
import type { LogOptions, OpenedLog } from './log-options.ts'
import type { LeafRun } from './read-back.ts'
import { RecentKeys } from './recent-keys.ts'
import { recover } from './recover.ts'
import { SegmentWriter } from './segment-writer.ts'
import type { SealedSegment } from './segment-writer.ts'
import { indexesOf, SequenceQueue } from './sequence-queue.ts'
import type { Waiting, Writing } from './sequence-queue.ts'

/** What an append did. */
export interface Appended {
  readonly appendedCount: number
  readonly duplicateCount: number
}

/** With the writes that make all of it durable. */
type Taken = Appended & { readonly covers: Set<Promise<void>> }

/** Milliseconds after a failure until the log looks whether it can be mended, when no request comes first. */
const mendDelayMs = 1_000

/**
 * The collector's log. `append` resolves when the records are on the disk: requests that wait at the same time share one
 * flush. A record that is already in the log is not written again, and its sender waits for the flush that covers the
 * first.
 */
export class CommitLog {
  readonly #options: LogOptions
  readonly #keys: RecentKeys
  /** Keys of records that are not durable yet, each with the write that will make it so. */
  readonly #pending = new Map<string, Promise<void>>()
  readonly #writer: SegmentWriter
  readonly #queue: SequenceQueue
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #unstoredBytes = 0
  #unstoredCount = 0
  #isClosing = false

  private constructor(
    options: LogOptions,
    { keys, writer, queue }: { keys: RecentKeys; writer: SegmentWriter; queue: SequenceQueue },
  ) {
    this.#options = options
    this.#keys = keys
    this.#writer = writer
    this.#queue = queue
  }

  /** Opens the log and mends what the last run left. */
  static async open(options: LogOptions): Promise<OpenedLog> {
    const { dir, limits, logId, rows, sealedSize } = options
    const files = options.files ?? systemFiles
    const keys = new RecentKeys(limits.recentKeysMax)
    const recovered = await recover({
      files,
      dir,
      keys,
      keysMax: limits.recentKeysMax,
      sealedSize,
      rows,
      logId,
      onDamage: options.onProblem,
    })
    const { logIdHex, nextNumber, segments, sequence, unsealed, missing } = recovered
    const writer = new SegmentWriter({ files, dir, logIdHex, nextNumber })
    const queue = new SequenceQueue(sequence)
    const log = new CommitLog(options, { keys, writer, queue })
    const sealed = segments
      .filter(({ state }) => state === 'sealed')
      .map(({ number, bytes, modifiedMs, indexes }) => ({
        number,
        bytes,
        indexes,
        openedMs: options.nowMs() - Math.max(Date.now() - modifiedMs, 0),
      }))
    for (const { bytes } of sealed) log.#unstoredBytes += bytes
    log.#unstoredCount = sealed.length
    const kept = segments.filter(({ state }) => state === 'stored')
    return { log, sealed, kept, unsealed, missing }
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

  /** When the first record of the open segment came; undefined when there is none. */
  get openedMs(): number | undefined {
    return this.#writer.openedMs
  }

  /** Throws `log_full` at the bound or when the disk is full, `log_failed` when the disk fails; both may pass. */
  append(records: readonly LedgerRecord[]): Promise<Appended> {
    return new Promise((resolve) => {
      resolve(covered(this.#takeFresh(records)))
    })
  }
  /**
   * Puts records in places that damage has emptied, from `firstIndex` on, so that the log stays dense; resolves when they
   * are durable. Only before anything is appended.
   */
  async fill(firstIndex: number, records: readonly LedgerRecord[]): Promise<LeafRun> {
    const fresh = encodeFresh(this.logId, records, () => true)
    const { frame, written } = this.#push(fresh, firstIndex)
    this.#wake()
    await written
    return { firstIndex, leaves: frame.leaves }
  }

  /** Told when a segment's rows are in ClickHouse. */
  release(segment: SealedSegment): void {
    this.#unstoredBytes -= segment.bytes
    this.#unstoredCount -= 1
    this.#wake()
  }

  /** Writes what waits, seals, and takes nothing more. */
  async close(): Promise<void> {
    await this.#running
    this.#isClosing = true
    this.#wake()
    await this.#running
    clearTimeout(this.#timer)
  }

  /** Holds no record when it returns: whoever waits for the flush keeps the records alive. */
  #takeFresh(records: readonly LedgerRecord[]): Taken {
    const covers = new Set<Promise<void>>()
    const freshKeys = new Set<string>()
    const fresh = encodeFresh(this.logId, records, (key) => {
      const cover = this.#pending.get(key)
      if (cover !== undefined) covers.add(cover)
      if (cover !== undefined || this.#keys.has(key) || freshKeys.has(key)) return false
      freshKeys.add(key)
      return true
    })
    const appendedCount = fresh.rows.length
    if (appendedCount > 0) covers.add(this.#enqueue(fresh))
    return { covers, appendedCount, duplicateCount: records.length - appendedCount }
  }

  #enqueue(fresh: FreshRows): Promise<void> {
    const { limits, unsealedCount } = this.#options
    if ((unsealedCount?.() ?? 0) >= limits.unsealedRowsMax)
      throw new WhodidError(
        'log_full',
        `the log expected at most ${limits.unsealedRowsMax} records that are not sealed; the sealer is behind or has failed`,
      )
    const { keys } = fresh
    const { frame, written } = this.#push(fresh)
    const durable = this.#settle(written, keys, frame.bytes)
    for (const key of keys) this.#pending.set(key, durable)
    this.#wake()
    return durable
  }

  /** Takes the next places in the log, or those from `holeAt` on. */
  #push(fresh: FreshRows, holeAt?: number): { frame: Waiting['frame']; written: Promise<void> } {
    const { logBytesMax } = this.#options.limits
    const frame = this.#queue.frame(fresh, holeAt)
    if (this.#unstoredBytes + frame.bytes > logBytesMax)
      throw new WhodidError(
        'log_full',
        `the log expected at most ${logBytesMax} bytes that are not stored; it holds ${this.#unstoredBytes}`,
      )
    this.#unstoredBytes += frame.bytes
    const written = new Promise<void>((resolve, reject) => {
      this.#queue.push({ fresh, frame, fillsHole: holeAt !== undefined, resolve, reject })
    })
    return { frame, written }
  }

  async #settle(written: Promise<void>, keys: readonly string[], bytes: number): Promise<void> {
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

  /** The one loop that touches the file: writes all that waits, flushes once, answers all, seals when it is time. */
  async #run(): Promise<void> {
    clearTimeout(this.#timer)
    // Lets the requests of this turn of the event loop share the flush.
    await Promise.resolve()
    do {
      const group = this.#queue.take()
      if (group.length > 0) await this.#writeGroup(group)
      if (this.#isSealDue()) await this.#seal()
    } while (!this.#queue.isEmpty)
    // In the same turn as the last look at what waits: whoever comes now starts the loop again.
    this.#running = undefined
    this.#armTimer()
  }

  async #writeGroup(group: readonly Writing[]): Promise<void> {
    const { nowMs, onDurable, onProblem } = this.#options
    try {
      const mended = await this.#writer.mend()
      if (mended !== undefined) this.#handOver(mended)
      const parts = group.flatMap(({ frame }) => frame.parts)
      const rowCount = group.reduce((sum, { frame }) => sum + frame.rowCount, 0)
      await this.#writer.write({ parts, rowCount, indexes: indexesOf(group) }, nowMs())
    } catch (thrown) {
      const error = logError(thrown)
      onProblem(error.message)
      // Nothing of the group is durable, or will be once the segment is mended, which comes before any other write.
      this.#queue.giveBack(group)
      for (const waiting of group) waiting.reject(error)
      return
    }
    for (const { fillsHole, frame, resolve } of group) {
      // Not the frame: its bytes would be kept for as long as its leaves wait to be sealed.
      if (!fillsHole) onDurable?.({ firstIndex: frame.firstIndex, leaves: frame.leaves })
      resolve()
    }
  }

  #isSealDue(): boolean {
    const { openedMs } = this.#writer
    if (this.#writer.isBroken) return true
    if (openedMs === undefined) return false
    return this.#isClosing || this.#options.nowMs() - openedMs >= this.#ageMax()
  }

  #ageMax(): number {
    return this.#writer.ageMax(this.#unstoredCount, this.#options.limits)
  }

  #handOver(sealed: SealedSegment): void {
    this.#unstoredCount += 1
    this.#options.onSealed(sealed)
  }

  async #seal(): Promise<void> {
    try {
      const sealed = (await this.#writer.mend()) ?? (await this.#writer.seal())
      if (sealed !== undefined) this.#handOver(sealed)
    } catch (thrown) {
      // What is in it stays durable under its open name; mending tries again, and so does the next start.
      this.#options.onProblem(logError(thrown).message)
    }
  }

  #armTimer(): void {
    if (this.#isClosing) return
    const { openedMs, isBroken } = this.#writer
    if (openedMs === undefined && !isBroken) return
    const ageMs = this.#options.nowMs() - (openedMs ?? this.#options.nowMs())
    const delayMs = isBroken ? mendDelayMs : this.#ageMax() - ageMs
    // What waits for an insert is woken by `release`.
    if (delayMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.#wake(), Math.max(delayMs, 1))
  }
}

async function covered({ covers, ...appended }: Taken): Promise<Appended> {
  await Promise.all(covers)
  return appended
}
