import { encodeEntryBundle, entriesPath, tileWidth } from '@whodid/tlog'
import { parseCheckpointLogEntry } from './entry.ts'
import { appendDurably, readIfThere } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { wholeEntries } from './source.ts'

/** The most entries that may wait to be written; more are refused. */
const waitingMax = 1_024

interface Waiting {
  readonly bytes: Buffer
  readonly isAlone: boolean
  readonly resolve: (index: number) => void
  readonly reject: (reason: unknown) => void
}

/** The directory of the entries, and the callbacks around a write. */
interface LogEntriesOptions {
  readonly files: FilePort
  readonly dir: string
  /** Returns the reason why an entry cannot be the next one; it is then not written. */
  readonly problemOf: (entry: Buffer) => string | undefined
  /** Called for each durable entry, in order, before its `append` resolves. */
  readonly onDurable: (entry: Buffer) => void
}

/**
 * The entries of a checkpoint log: files of 256, each growing to a whole entry bundle under its C2SP path. An entry is
 * acknowledged once it is durable here; all other files can be rebuilt. Entries that wait at the same time share one sync.
 */
export class LogEntries {
  readonly #options: LogEntriesOptions
  #size: number
  /** The number of durable bytes in the last file. */
  #lastBytes: number
  #namedBundle = -1
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined

  private constructor(options: LogEntriesOptions, size: number, lastBytes: number) {
    this.#options = options
    this.#size = size
    this.#lastBytes = lastBytes
  }

  /**
   * Reads the entries from `from` on, a multiple of 256, and cuts off a torn end that a crash left, which was never acknowledged.
   * `isWhole` returns true for an intact entry; the first entry that is not, and all after it, are cut off.
   */
  static async open(
    options: LogEntriesOptions,
    from: number,
    isWhole: (entry: Buffer, index: number) => boolean,
  ): Promise<LogEntries> {
    const { files, dir, onDurable } = options
    for (let first = from; ; first += tileWidth) {
      const path = entriesPath({ index: first / tileWidth })
      const bytes = (await readIfThere(files, `${dir}/${path}`)) ?? Buffer.alloc(0)
      const kept: Buffer[] = []
      for (const entry of wholeEntries(bytes)) {
        if (parseCheckpointLogEntry(entry) === undefined || !isWhole(entry, first + kept.length))
          break
        kept.push(entry)
        onDurable(entry)
      }
      if (kept.length === tileWidth) continue
      const keptBytes = kept.length === 0 ? 0 : encodeEntryBundle(kept).length
      const entries = new LogEntries(options, first + kept.length, keptBytes)
      // The bytes of a killed run may be readable and not on the disk yet, so they are synced before use.
      if (bytes.length > 0)
        await appendDurably(files, { dir, path, keptBytes, isNamed: false }, Buffer.alloc(0))
      return entries
    }
  }

  /** The number of durable entries. */
  get size(): number {
    return this.#size
  }

  /**
   * Resolves with the entry's index once it is durable. Rejects when it cannot be the next one, and when the disk fails: then it may or
   * may not be there after a crash. Must be called with `isAlone` for an entry that decides which entries may follow it.
   */
  append(entry: Buffer, isAlone = false): Promise<number> {
    // Throws for an entry that is too long, before it is queued.
    encodeEntryBundle([entry])
    if (this.#waiting.length >= waitingMax)
      return Promise.reject(new Error(`${waitingMax} entries wait to be written`))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: entry, isAlone, resolve, reject })
      this.#running ??= this.#run().finally(() => (this.#running = undefined))
    })
  }

  /** Resolves when no entry waits to be written. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch()
      if (batch.length === 0) continue
      try {
        await this.#write(batch.map(({ bytes }) => bytes))
      } catch (error) {
        for (const { reject } of batch) reject(error)
        continue
      }
      for (const { bytes, resolve } of batch) {
        this.#size += 1
        this.#options.onDurable(bytes)
        resolve(this.#size - 1)
      }
    }
  }

  /** Takes the next entries to be written together; rejects those that cannot follow. */
  #nextBatch(): Waiting[] {
    const alone = this.#waiting.findIndex(({ isAlone }) => isAlone)
    const count = alone === 0 ? 1 : alone < 0 ? this.#waiting.length : alone
    const room = tileWidth - (this.#size % tileWidth)
    return this.#waiting.splice(0, Math.min(count, room)).filter(({ bytes, reject }) => {
      const problem = this.#options.problemOf(bytes)
      if (problem !== undefined) reject(new Error(problem))
      return problem === undefined
    })
  }

  /** Writes entries to one file. Does NOT cross its end: the next file begins only when this one is full and durable. */
  async #write(entries: readonly Buffer[]): Promise<void> {
    const { files, dir } = this.#options
    const index = Math.floor(this.#size / tileWidth)
    const keptBytes = this.#size % tileWidth === 0 ? 0 : this.#lastBytes
    const isNamed = this.#namedBundle === index
    const bytes = encodeEntryBundle(entries)
    await appendDurably(files, { dir, path: entriesPath({ index }), keptBytes, isNamed }, bytes)
    this.#namedBundle = index
    this.#lastBytes = keptBytes + bytes.length
  }
}
