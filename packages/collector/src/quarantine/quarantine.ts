import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { formatInstant, WhodidError } from '@whodid/model'
import { makeDirectory, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import type { CollectorLimits } from '../limits.ts'
import type { OtlpBatch } from '../otlp/decode.ts'
import { encodeRejected } from './encode-rejected.ts'
import { parseEntry, quarantineDir, quarantineName } from './quarantine-entry.ts'
import type { QuarantineEntry } from './quarantine-entry.ts'

export interface QuarantineOptions {
  readonly logDir: string
  readonly files: FilePort
  readonly limits: CollectorLimits
  /** Takes an entry through the write path again and resolves with the spans that it rejects this time. */
  readonly replay: (entry: QuarantineEntry) => Promise<RejectedBatch>
  readonly onReplayed: (spanCount: number) => void
  readonly onProblem: (message: string) => void
}

/** A batch of which some spans cannot stand in the ledger. */
export interface RejectedBatch {
  readonly batch: OtlpBatch
  readonly exporter: string
  readonly receivedUnixNs: bigint
}

/** The fill level of the quarantine. */
export interface QuarantineLevels {
  readonly quarantineBytes: number
  readonly quarantineFiles: number
}

/** Milliseconds between two looks for a replay that was asked for. */
const lookMs = 1_000

/**
 * Spans that the ledger cannot hold, one file for each request that had some, until a later version or an operator takes
 * them up. Kept spans are on the disk. Past its bounds nothing more is kept, and that is reported.
 */
export class Quarantine {
  readonly #options: QuarantineOptions
  readonly #dir: string
  readonly #sizes: Map<string, number>
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  private constructor(options: QuarantineOptions, sizes: Map<string, number>) {
    this.#options = options
    this.#dir = quarantineDir(options.logDir)
    this.#sizes = sizes
  }

  static async open(options: QuarantineOptions): Promise<Quarantine> {
    const { files } = options
    const dir = quarantineDir(options.logDir)
    await makeDirectory(files, dir)
    const sizes = new Map<string, number>()
    for (const name of await files.readdir(dir)) {
      const id = quarantineName.exec(name)?.[1]
      if (id !== undefined) sizes.set(id, (await files.stat(join(dir, name))).size)
    }
    const quarantine = new Quarantine(options, sizes)
    quarantine.#timer = setInterval(() => quarantine.#enqueueLook(), lookMs).unref()
    return quarantine
  }

  get levels(): QuarantineLevels {
    let bytes = 0
    for (const size of this.#sizes.values()) bytes += size
    return { quarantineBytes: bytes, quarantineFiles: this.#sizes.size }
  }

  /** Keeps the spans that were rejected and resolves with true when they are on the disk; reports when they are not. */
  async keep(rejected: RejectedBatch): Promise<boolean> {
    const { limits, onProblem } = this.#options
    const { id, text } = encodeEntry(rejected)
    if (this.#sizes.has(id)) return true
    const { quarantineBytes, quarantineFiles } = this.levels
    const bytes = Buffer.byteLength(text)
    if (
      quarantineBytes + bytes > limits.quarantineBytesMax ||
      quarantineFiles >= limits.quarantineFilesMax
    ) {
      onProblem(
        `the quarantine is full at ${quarantineBytes} bytes in ${quarantineFiles} files: rejected spans of "${rejected.exporter}" are not kept`,
      )
      return false
    }
    this.#sizes.set(id, bytes)
    try {
      await this.#write(id, text)
      return true
    } catch (thrown) {
      this.#sizes.delete(id)
      onProblem(`the quarantine could not be written: ${whyOf(thrown)}`)
      return false
    }
  }

  /** Ends the looks; resolves when a replay under way is through. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #write(id: string, text: string): Promise<void> {
    const { files } = this.#options
    const path = join(this.#dir, id)
    // A crash before this is durable leaves nothing that counts; the sender was not answered and sends again.
    await writeDurably(files, `${path}.json`, text)
  }

  #enqueueLook(): void {
    if (this.#sizes.size > 0) this.#running = this.#running.then(() => this.#look())
  }

  async #look(): Promise<void> {
    const { files, onProblem } = this.#options
    try {
      for (const name of await files.readdir(this.#dir))
        if (name.endsWith('.replay'))
          await this.#replay(name).catch((thrown: unknown) => this.#giveBack(name, thrown))
    } catch (thrown) {
      onProblem(`the quarantine could not be replayed: ${whyOf(thrown)}`)
    }
  }

  async #replay(name: string): Promise<void> {
    const { files, replay, onReplayed } = this.#options
    const path = join(this.#dir, name)
    const entry = parseEntry(name, await files.readFile(path, 'utf8'))
    const left = await replay(entry)
    const leftCount = encodeRejected(left.batch).reasons.length
    const isAll = leftCount === entry.reasons.length
    // A crash from here on replays again: stored records are recognised by their keys.
    if (isAll || (leftCount > 0 && !(await this.keep(left))))
      await files.rename(path, path.replace(/replay$/u, 'json'))
    else {
      await files.rm(path)
      this.#sizes.delete(entry.id)
    }
    onReplayed(entry.reasons.length - leftCount)
  }

  /** A retryable error is tried again at the next look; a permanent one waits for an operator. */
  async #giveBack(name: string, thrown: unknown): Promise<void> {
    const path = join(this.#dir, name)
    this.#options.onProblem(`${name} could not be replayed: ${whyOf(thrown)}`)
    if (thrown instanceof WhodidError && thrown.retryable) return
    await this.#options.files.rename(path, path.replace(/replay$/u, 'json'))
  }
}

function encodeEntry({ batch, exporter, receivedUnixNs }: RejectedBatch): {
  id: string
  text: string
} {
  const { request, reasons } = encodeRejected(batch)
  const id = createHash('sha256')
    .update(JSON.stringify([exporter, request]))
    .digest('hex')
    .slice(0, 32)
  const receivedAt = formatInstant(receivedUnixNs)
  const entry = { receivedAt, exporter, reasonCode: 'invalid_span', reasons, request }
  return { id, text: `${JSON.stringify(entry)}\n` }
}

function whyOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown failure'
}
