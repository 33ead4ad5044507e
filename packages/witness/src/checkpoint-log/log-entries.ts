import { encodeEntryBundle, entriesPath, tileWidth } from '@whodid/tlog'
import { parseCheckpointLogEntry } from './entry.ts'
import { appendDurably, readIfThere } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { wholeEntries } from './source.ts'

/** Entries that may wait to be written; more are refused. */
const waitingMax = 1_024

interface Waiting {
  readonly bytes: Buffer
  readonly isAlone: boolean
  readonly resolve: (index: number) => void
  readonly reject: (reason: unknown) => void
}

/** What entries are kept with. */
interface LogEntriesOptions {
  readonly files: FilePort
  readonly dir: string
  /** What is wrong with an entry as the next: then it is not written. */
  readonly problemOf: (entry: Buffer) => string | undefined
  /** Is told of entries that are durable, in their order and before whoever appended them. */
  readonly onDurable: (entry: Buffer) => void
}

/**
 * The entries of a checkpoint log: files of 256, each growing to a whole entry bundle under its C2SP path. They are what is
 * acknowledged by: all else can be made of them again. Entries that wait at the same moment share one sync.
 */
export class LogEntries {
  readonly #options: LogEntriesOptions
  #size: number
  /** Bytes of the last file that are durable. */
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
   * Reads the entries from `from` on, a multiple of 256, and cuts off what a crash has torn: none of that was acknowledged.
   * `isWhole` says of an entry that was read whether it is what was written; what follows one that is not is cut off too.
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
      // What a killed run wrote can be read and may not be on the disk yet: before it is relied on, it is.
      if (bytes.length > 0)
        await appendDurably(files, { dir, path, keptBytes, isNamed: false }, Buffer.alloc(0))
      return entries
    }
  }

  /** Entries that are durable. */
  get size(): number {
    return this.#size
  }

  /**
   * Resolves with the entry's index once it is durable. Rejects when it may not be the next, and when the disk fails: then it may or may
   * not be there after a crash. One that decides what may follow it is to be written alone.
   */
  append(entry: Buffer, isAlone = false): Promise<number> {
    // Throws for one that is too long, before it waits.
    encodeEntryBundle([entry])
    if (this.#waiting.length >= waitingMax)
      return Promise.reject(new Error(`${waitingMax} entries wait to be written`))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: entry, isAlone, resolve, reject })
      this.#running ??= this.#run().finally(() => (this.#running = undefined))
    })
  }

  /** Resolves when nothing waits any more. */
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

  /** The next to be written together; what may not stand there is refused. */
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

  /** Does NOT cross the end of a file: one that follows is begun only when this one is whole and durable. */
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
