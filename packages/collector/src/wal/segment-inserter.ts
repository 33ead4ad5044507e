import { setTimeout as sleep } from 'node:timers/promises'
import { WhodidError } from '@whodid/model'
import type { Appender } from '@whodid/store'
import { systemFiles } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import type { CollectorLimits } from '../limits.ts'
import { segmentPath } from './segment-files.ts'
import type { ClosedSegment } from './segment-writer.ts'
import { splitBlocks, decodeSegment } from './segment.ts'
import type { IndexRange, Frame } from './segment.ts'

export interface InserterDeps {
  readonly dir: string
  /** The log's ID, for a segment whose own header is damaged. */
  readonly logIdHex: string
  readonly appender: Pick<Appender, 'append'>
  readonly limits: CollectorLimits
  /** Segments stored in earlier runs and still kept, in order. */
  readonly kept: readonly KeptSegment[]
  /** A number from 0 to 1, for the jitter of the delays. */
  readonly random: () => number
  /** Is called for a segment that is stored, with the milliseconds that its insert took. */
  readonly onStored: (segment: ClosedSegment, inserted: Inserted) => void
  readonly onRetry: (error: WhodidError) => void
  readonly onProblem: (message: string) => void
  /** True when all records below an index are in the tree. Default: yes. A segment is kept until its own are. */
  readonly isSealed?: (end: number) => boolean
  /** Is called for records that damage took from a segment after they were acknowledged. */
  readonly onLost?: (lost: IndexRange) => void
  readonly files?: FilePort
}

/** A stored segment whose file is kept for the keys of its records. */
export interface KeptSegment {
  readonly number: number
  readonly bytes: number
  readonly indexes: IndexRange
}

/** The result of an insert. */
export interface Inserted {
  readonly number: number
  readonly rowCount: number
  /** Milliseconds that the insert which succeeded took. */
  readonly insertMs: number
}

interface Watcher {
  readonly number: number
  readonly resolve: () => void
}

/**
 * Inserts closed segments into ClickHouse, one insert each, strictly in their order. A failed insert is repeated indefinitely
 * under the same token until it succeeds, even when ClickHouse reports a permanent refusal. No segment is skipped.
 */
export class SegmentInserter {
  readonly #options: InserterDeps
  readonly #files: FilePort
  readonly #abort = new AbortController()
  readonly #waiting: ClosedSegment[] = []
  readonly #kept: KeptSegment[]
  #watchers: Watcher[] = []
  #running: Promise<void> | undefined
  #storedThrough = 0
  /** The newest segment whose insert has succeeded. */
  #inserted: Inserted | undefined

  constructor(options: InserterDeps) {
    this.#options = options
    this.#files = options.files ?? systemFiles
    this.#kept = [...options.kept]
    this.#storedThrough = options.kept.at(-1)?.number ?? 0
  }

  /** The time of receipt of the first record of the oldest segment that is not stored. */
  get oldestOpenedMs(): number | undefined {
    return this.#waiting[0]?.openedMs
  }

  /** Closed segments that are not stored. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Takes the next closed segment. */
  take(segment: ClosedSegment): void {
    this.#waiting.push(segment)
    this.#running ??= this.#run()
  }

  /** Resolves when the segment of this number, and all before it, are in ClickHouse. */
  storedThrough(number: number): Promise<void> {
    if (number <= this.#storedThrough) return Promise.resolve()
    return new Promise((resolve) => this.#watchers.push({ number, resolve }))
  }

  /** Stops trying. Segments that are not stored stay in the log. An insert that is under way may still be carried out. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.race([this.#running, sleep(stopGraceMs, undefined, { ref: false })])
  }

  async #run(): Promise<void> {
    for (;;) {
      const segment = this.#waiting[0]
      if (segment === undefined || this.#abort.signal.aborted) break
      const inserted = await this.#storeWithRetries(segment)
      if (inserted === undefined) break
      this.#waiting.shift()
      this.#storedThrough = segment.number
      this.#options.onStored(segment, inserted)
      this.#resolveWatchers()
    }
    this.#running = undefined
  }

  async #storeWithRetries(segment: ClosedSegment): Promise<Inserted | undefined> {
    let delayMs = this.#options.limits.retryDelayMs
    while (!this.#abort.signal.aborted) {
      try {
        return await this.#store(segment)
      } catch (thrown) {
        this.#options.onRetry(toWhodidError(thrown))
      }
      // Half of the delay is left to chance, so that collectors that failed together do not come back together.
      const jittered = delayMs * (0.5 + this.#options.random() / 2)
      await sleep(jittered, undefined, { signal: this.#abort.signal }).catch(() => undefined)
      delayMs = Math.min(delayMs * 2, this.#options.limits.retryDelayMaxMs)
    }
    return undefined
  }

  async #store(segment: ClosedSegment): Promise<Inserted> {
    const { number } = segment
    // A step that failed after the insert is tried again without it.
    if (this.#inserted?.number !== number) this.#inserted = await this.#insert(segment)
    await this.#markStored(number)
    this.#kept.push(segment)
    await this.#deleteOld()
    return this.#inserted
  }

  async #insert({ number, indexes }: ClosedSegment): Promise<Inserted> {
    const { dir, appender, logIdHex } = this.#options
    const path = segmentPath(dir, number, 'closed')
    const content = decodeSegment(await this.#files.readFile(path))
    const lostBytes = content.damagedBytes + content.tailBytes
    if (lostBytes > 0 || content.name === undefined)
      this.#options.onProblem(
        `segment ${number} is damaged: ${content.frames.length} whole frames are stored, ${lostBytes} bytes cannot be read`,
      )
    for (const lost of lostOf(indexes, content.frames)) this.#options.onLost?.(lost)
    const batch = splitBlocks(content.frames.map(({ block }) => block))
    const token = `${content.name?.logIdHex ?? logIdHex}:${number}`
    const startMs = performance.now()
    if (batch.blocks.length > 0) await appender.append({ ...batch, token })
    const insertMs = performance.now() - startMs
    return {
      number,
      insertMs,
      rowCount: content.frames.reduce((sum, { rowCount }) => sum + rowCount, 0),
    }
  }

  async #markStored(number: number): Promise<void> {
    const { dir } = this.#options
    const stored = segmentPath(dir, number, 'stored')
    try {
      // A crash between the insert and this inserts again under the same token, which ClickHouse drops as known.
      await this.#files.rename(segmentPath(dir, number, 'closed'), stored)
    } catch (thrown) {
      // A rename that reported a failure may have taken effect all the same.
      await this.#files.stat(stored).catch(() => {
        throw thrown
      })
    }
  }

  /** Deletes the oldest stored segments past the bound; never the newest, whose number the next start counts on from. */
  async #deleteOld(): Promise<void> {
    let bytes = this.#kept.reduce((sum, kept) => sum + kept.bytes, 0)
    const { isSealed, limits } = this.#options
    while (this.#kept.length > 1 && bytes > limits.dedupWindowBytes) {
      const [oldest] = this.#kept
      // The tree is made again from the segments when a crash comes between its tiles and its checkpoint.
      if (oldest === undefined || isSealed?.(oldest.indexes.end) === false) return
      this.#kept.shift()
      bytes -= oldest.bytes
      const path = segmentPath(this.#options.dir, oldest.number, 'stored')
      await this.#files.rm(path, { force: true }).catch(() => {
        // The insert stands, so it must not be repeated for this: the file stays until the next start looks at it.
        this.#options.onProblem(`stored segment ${oldest.number} could not be deleted`)
      })
    }
  }

  #resolveWatchers(): void {
    const reached = this.#watchers.filter(({ number }) => number <= this.#storedThrough)
    this.#watchers = this.#watchers.filter(({ number }) => number > this.#storedThrough)
    for (const { resolve } of reached) resolve()
  }
}

/** The indexes of a segment that none of its whole frames has. */
function lostOf(indexes: IndexRange, frames: readonly Frame[]): IndexRange[] {
  const lost: IndexRange[] = []
  let at = indexes.first
  for (const { fillsHole, firstIndex, rowCount } of frames) {
    if (fillsHole) continue
    if (firstIndex > at) lost.push({ first: at, end: firstIndex })
    at = firstIndex + rowCount
  }
  if (at < indexes.end) lost.push({ first: at, end: indexes.end })
  return lost
}

/** Milliseconds that a stop waits for the insert under way. */
const stopGraceMs = 1_000

function toWhodidError(thrown: unknown): WhodidError {
  if (thrown instanceof WhodidError) return thrown
  const why = thrown instanceof Error ? thrown.message : 'unknown failure'
  return new WhodidError('log_failed', `a closed segment could not be stored: ${why}`, {
    cause: thrown,
  })
}
