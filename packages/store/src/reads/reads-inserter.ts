import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readIfThere, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { readLine } from './read-recorder.ts'
import type { ReadsTable } from './reads-table.ts'

/** A file of recorded reads that is not written to any more. */
export interface ClosedFile {
  /** Its name, which no other file ever had: the token of its insert. */
  readonly name: string
  /** Bytes of whole, durable lines; what may stand behind them was never acknowledged. */
  readonly bytes: number
}

/** The parts that the inserter uses. */
export interface ReadsInserterOptions {
  readonly dir: string
  readonly files: FilePort
  readonly table: ReadsTable
  readonly onProblem: (message: string) => void
}

const retryMs = 250
const retryMsMax = 5_000

/** Milliseconds that a stop waits for what is under way. */
const stopGraceMs = 2_000

/** Puts files of reads into `whodid.reads`, one after another, and deletes each behind its insert. A failure is tried again for as long as it takes. */
export class ReadsInserter {
  readonly #options: ReadsInserterOptions
  readonly #waiting: ClosedFile[] = []
  readonly #abort = new AbortController()
  #watchers: { readonly file: ClosedFile; readonly resolve: () => void }[] = []
  #running: Promise<void> | undefined

  constructor(options: ReadsInserterOptions) {
    this.#options = options
  }

  /** Bytes that are not in the table. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  take(file: ClosedFile): void {
    this.#waiting.push(file)
    this.#running ??= this.#run()
  }

  /** Resolves when all files taken so far are in the table. */
  stored(): Promise<void> {
    const file = this.#waiting.at(-1)
    if (file === undefined) return Promise.resolve()
    return new Promise((resolve) => this.#watchers.push({ file, resolve }))
  }

  /** Gives the insert under way, and those behind it, a moment to end. */
  async stop(): Promise<void> {
    const { signal } = this.#abort
    await Promise.race([this.#running, sleep(stopGraceMs, undefined, { ref: false })])
    this.#abort.abort()
    if (signal.aborted)
      await Promise.race([this.#running, sleep(stopGraceMs, undefined, { ref: false })])
  }

  async #run(): Promise<void> {
    let delayMs = retryMs
    for (;;) {
      const file = this.#waiting[0]
      if (file === undefined || this.#abort.signal.aborted) break
      try {
        await this.#store(file)
        this.#waiting.shift()
        this.#resolveWatchers()
        delayMs = retryMs
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : 'unknown failure'
        this.#options.onProblem(`recorded reads could not be stored, which is tried again: ${why}`)
        await sleep(delayMs, undefined, { signal: this.#abort.signal }).catch(() => undefined)
        delayMs = Math.min(delayMs * 2, retryMsMax)
      }
    }
    this.#running = undefined
  }

  async #store({ name, bytes }: ClosedFile): Promise<void> {
    const { dir, files, table } = this.#options
    const path = join(dir, name)
    const content = await readIfThere(files, path)
    if (content === undefined) {
      this.#options.onProblem(`the file of recorded reads "${name}" is gone; its reads are lost`)
      return
    }
    if (content.length < bytes)
      this.#options.onProblem(
        `the file of recorded reads "${name}" has ${content.length} bytes of ${bytes}; the others are lost`,
      )
    const { whole, damaged } = parted(content.subarray(0, bytes))
    if (damaged.length > 0) {
      await writeDurably(files, `${path}.damaged`, damaged)
      this.#options.onProblem(
        `recorded reads are damaged on the disk: "${name}.damaged" keeps them`,
      )
    }
    if (whole.length > 0) await table.insert(whole, name)
    // A crash before this inserts again under the same token, which the engine drops as known.
    await files.rm(path, { force: true })
  }

  #resolveWatchers(): void {
    const isStored = ({ file }: { readonly file: ClosedFile }): boolean =>
      !this.#waiting.includes(file)
    const reached = this.#watchers.filter(isStored)
    this.#watchers = this.#watchers.filter((watcher) => !isStored(watcher))
    for (const { resolve } of reached) resolve()
  }
}

/** Parts the lines that are reads from those that damage has left: one line that the engine does not take holds up all behind it. */
function parted(lines: Buffer): { readonly whole: Buffer; readonly damaged: Buffer } {
  const whole: Buffer[] = []
  const damaged: Buffer[] = []
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(0x0a, start) + 1 || lines.length
    const line = lines.subarray(start, end)
    const read = readLine(line.toString('utf8'))
    if (read === undefined) damaged.push(line)
    else whole.push(Buffer.from(read))
    start = end
  }
  return { whole: Buffer.concat(whole), damaged: Buffer.concat(damaged) }
}
