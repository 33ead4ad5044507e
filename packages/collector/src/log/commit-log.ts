import { encodeRecords } from '@whodid/store'
import { WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { CollectorLimits } from '../limits.ts'
import { recordKey } from '../record-key.ts'
import { systemFiles } from './log-files.ts'
import type { LogFiles, SegmentFile } from './log-files.ts'
import { RecentKeys } from './recent-keys.ts'
import { recover } from './recover.ts'
import { encodeFrame } from './segment.ts'
import { SegmentWriter } from './segment-writer.ts'
import type { SealedSegment } from './segment-writer.ts'

export interface LogOptions {
  readonly dir: string
  readonly limits: CollectorLimits
  /** Milliseconds of a clock that only goes forward: a segment's age must not wait for a clock that was put back. */
  readonly nowMs: () => number
  readonly onSealed: (segment: SealedSegment) => void
  readonly onProblem: (message: string) => void
  readonly files?: LogFiles
}

/** What an append did. */
export interface Appended {
  readonly appendedCount: number
  readonly duplicateCount: number
}

interface Waiting {
  readonly parts: readonly Buffer[]
  readonly bytes: number
  readonly rowCount: number
  readonly resolve: () => void
  readonly reject: (error: WhodidError) => void
}

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
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #unstoredBytes = 0
  #isClosing = false

  private constructor(options: LogOptions, keys: RecentKeys, writer: SegmentWriter) {
    this.#options = options
    this.#keys = keys
    this.#writer = writer
  }

  /** Opens the log and mends what the last run left. `sealed` is what ClickHouse has not acknowledged, in order. */
  static async open(options: LogOptions): Promise<{
    log: CommitLog
    sealed: SealedSegment[]
    kept: SegmentFile[]
  }> {
    const { dir, limits } = options
    const files = options.files ?? systemFiles
    const keys = new RecentKeys(limits.recentKeysMax)
    const recovered = await recover({
      files,
      dir,
      keys,
      keysMax: limits.recentKeysMax,
      onDamage: options.onProblem,
    })
    const { logIdHex, nextNumber, segments } = recovered
    const writer = new SegmentWriter({ files, dir, logIdHex, nextNumber })
    const log = new CommitLog(options, keys, writer)
    const sealed = segments
      .filter(({ state }) => state === 'sealed')
      .map(({ number, bytes, modifiedMs }) => ({
        number,
        bytes,
        openedMs: options.nowMs() - Math.max(Date.now() - modifiedMs, 0),
      }))
    for (const { bytes } of sealed) log.#unstoredBytes += bytes
    return { log, sealed, kept: segments.filter(({ state }) => state === 'stored') }
  }

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
  async append(records: readonly LedgerRecord[]): Promise<Appended> {
    const covers = new Set<Promise<void>>()
    const fresh: { key: Buffer; name: string; record: LedgerRecord }[] = []
    const names = new Set<string>()
    for (const record of records) {
      const key = recordKey(record)
      const name = key.toString('latin1')
      const cover = this.#pending.get(name)
      if (cover !== undefined) covers.add(cover)
      else if (!this.#keys.has(name) && !names.has(name)) {
        names.add(name)
        fresh.push({ key, name, record })
      }
    }
    if (fresh.length > 0) covers.add(this.#enqueue(fresh))
    await Promise.all(covers)
    return { appendedCount: fresh.length, duplicateCount: records.length - fresh.length }
  }

  /** Told when a segment's rows are in ClickHouse. */
  release(segment: SealedSegment): void {
    this.#unstoredBytes -= segment.bytes
  }

  /** Writes what waits, seals, and takes nothing more. */
  async close(): Promise<void> {
    await this.#running
    this.#isClosing = true
    this.#wake()
    await this.#running
    clearTimeout(this.#timer)
  }

  #enqueue(fresh: readonly { key: Buffer; name: string; record: LedgerRecord }[]): Promise<void> {
    const parts = encodeFrame(
      fresh.map(({ key }) => key),
      encodeRecords(fresh.map(({ record }) => record)),
    )
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    if (this.#unstoredBytes + bytes > this.#options.limits.logBytesMax)
      throw new WhodidError(
        'log_full',
        `the log expected at most ${this.#options.limits.logBytesMax} bytes that are not stored; it holds ${this.#unstoredBytes}`,
      )
    this.#unstoredBytes += bytes
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ parts, bytes, rowCount: fresh.length, resolve, reject })
    })
    const durable = this.#settle(written, fresh, bytes)
    for (const { name } of fresh) this.#pending.set(name, durable)
    this.#wake()
    return durable
  }

  async #settle(
    written: Promise<void>,
    fresh: readonly { name: string }[],
    bytes: number,
  ): Promise<void> {
    try {
      await written
      for (const { name } of fresh) this.#keys.add(name)
    } catch (thrown) {
      this.#unstoredBytes -= bytes
      throw thrown
    } finally {
      for (const { name } of fresh) this.#pending.delete(name)
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
      const group = this.#waiting
      this.#waiting = []
      if (group.length > 0) await this.#writeGroup(group)
      if (this.#isSealDue()) await this.#seal()
    } while (this.#waiting.length > 0)
    // In the same turn as the last look at what waits: whoever comes now starts the loop again.
    this.#running = undefined
    this.#armTimer()
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const mended = await this.#writer.mend()
      if (mended !== undefined) this.#options.onSealed(mended)
      await this.#writer.write(
        group.flatMap(({ parts }) => parts),
        group.reduce((sum, { rowCount }) => sum + rowCount, 0),
        this.#options.nowMs(),
      )
      for (const waiting of group) waiting.resolve()
    } catch (thrown) {
      const error = logError(thrown)
      this.#options.onProblem(error.message)
      for (const waiting of group) waiting.reject(error)
    }
  }

  #isSealDue(): boolean {
    const { limits, nowMs } = this.#options
    const { openedMs } = this.#writer
    if (this.#writer.isBroken) return true
    if (openedMs === undefined) return false
    return (
      this.#isClosing ||
      this.#writer.rowCount >= limits.segmentRowsMax ||
      this.#writer.bytes >= limits.segmentBytesMax ||
      nowMs() - openedMs >= limits.segmentAgeMaxMs
    )
  }

  async #seal(): Promise<void> {
    try {
      const sealed = (await this.#writer.mend()) ?? (await this.#writer.seal())
      if (sealed !== undefined) this.#options.onSealed(sealed)
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
    const delayMs = isBroken ? mendDelayMs : this.#options.limits.segmentAgeMaxMs - ageMs
    this.#timer = setTimeout(() => this.#wake(), Math.max(delayMs, 1))
  }
}

function logError(thrown: unknown): WhodidError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new WhodidError(
    isFull ? 'log_full' : 'log_failed',
    `the log could not be written: ${isFull ? 'the disk is full' : 'the disk failed'} (${code})`,
    { cause: thrown },
  )
}
