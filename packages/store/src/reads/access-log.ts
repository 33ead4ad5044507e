import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WhodidError } from '@whodid/model'
import {
  listIfThere,
  lockDirectory,
  makeDirectory,
  shortWrite,
  syncDirectory,
  systemFiles,
} from '@whodid/tlog-posix'
import type { FilePort, Unlock } from '@whodid/tlog-posix'
import type { StoreAccess } from '../client.ts'
import { lineOf } from './read-recorder.ts'
import type { LedgerRead, ReadRecorder } from './read-recorder.ts'
import { ReadsInserter } from './reads-inserter.ts'
import { openReadsTable } from './reads-table.ts'
import type { ReadsTable } from './reads-table.ts'

/** The options of the record of reads. */
export interface AccessLogOptions {
  /** Its directory, which no other process uses. It is made where it is absent. */
  readonly dir: string
  /** As the recorder. */
  readonly access: StoreAccess
  /** What an operator should know. Default: nothing is told. */
  readonly onProblem?: (message: string) => void
  readonly files?: FilePort
}

/** Reads that may wait for the flush under way; one more is refused. */
const waitingMax = 10_000

/** Reads that one flush makes durable. */
const groupMax = 1_000

/** Bytes after which a file is closed and its reads go into the table. */
const fileBytesMax = 1024 * 1024

/** Milliseconds after its first read at which a file is closed: one insert for all that were asked in that time. */
const storeDelayMs = 500

/** Bytes on the disk that are not in the table; a read beyond them is refused. */
const logBytesMax = 64 * 1024 * 1024

const fileEnd = '.reads.ndjson'

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: WhodidError) => void
}

interface OpenFile {
  readonly name: string
  readonly handle: FileHandle
  /** Bytes that a flush has covered. */
  bytes: number
}

/**
 * Opens the record of reads: a log on the disk, from which reads go into `whodid.reads` half a second later, many in one insert. Reads that
 * come at the same time share one flush. Begins with the files that an earlier run could not store. Throws `invalid_config` when
 * another process holds the directory, and the system's error when it cannot be read.
 */
export async function openAccessLog(options: AccessLogOptions): Promise<ReadRecorder> {
  const { dir, access, onProblem = () => undefined, files = systemFiles } = options
  await makeDirectory(files, dir)
  const unlock = await lockDirectory(dir)
  const table = openReadsTable(access)
  try {
    const inserter = new ReadsInserter({ dir, files, table, onProblem })
    for (const name of (await listIfThere(files, dir)).toSorted()) {
      if (!name.endsWith(fileEnd)) continue
      const content = await files.readFile(join(dir, name))
      // A crash may have torn the last line: it was not acknowledged.
      inserter.take({ name, bytes: content.lastIndexOf(0x0a) + 1 })
    }
    return new AccessLog({ dir, files, table, inserter, unlock })
  } catch (thrown) {
    await Promise.all([unlock(), table.close()])
    throw thrown
  }
}

interface AccessLogParts {
  readonly dir: string
  readonly files: FilePort
  readonly table: ReadsTable
  readonly inserter: ReadsInserter
  readonly unlock: Unlock
}

class AccessLog implements ReadRecorder {
  readonly #parts: AccessLogParts
  #waiting: Waiting[] = []
  #open: OpenFile | undefined
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #isClosed = false
  /** The one loop that touches the open file. */
  #running: Promise<void> | undefined

  constructor(parts: AccessLogParts) {
    this.#parts = parts
  }

  record(read: LedgerRead): Promise<void> {
    if (this.#isClosed) return Promise.reject(notRecorded(new Error('the service is stopping')))
    if (this.#waiting.length >= waitingMax)
      return Promise.reject(notRecorded(new Error(`${waitingMax} reads are waiting already`)))
    const bytes = this.#parts.inserter.waitingBytes + (this.#open?.bytes ?? 0)
    if (bytes >= logBytesMax)
      return Promise.reject(
        notRecorded(
          new Error(
            `${bytes} bytes of recorded reads wait for ClickHouse; expected less than ${logBytesMax}`,
          ),
        ),
      )
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: lineOf(read), resolve, reject })
      this.#wake()
    })
  }

  stored(msMax: number): Promise<boolean> {
    return Promise.race([this.#allStored(), sleep(msMax, false, { ref: false })])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#handedOver()
    const { inserter, table, unlock } = this.#parts
    await inserter.stop()
    await table.close()
    await unlock()
  }

  async #allStored(): Promise<boolean> {
    await this.#handedOver()
    await this.#parts.inserter.stored()
    return true
  }

  async #handedOver(): Promise<void> {
    this.#isDue = true
    this.#wake()
    await this.#running
  }

  #wake(): void {
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // Lets the reads of this turn of the event loop share the flush.
    await Promise.resolve()
    do {
      const group = this.#waiting.splice(0, groupMax)
      if (group.length > 0) await this.#writeGroup(group)
      if (this.#isDue) await this.#closeFile()
    } while (this.#waiting.length > 0)
    // In the same turn as the last look at what waits: a read that comes now starts the loop again.
    this.#running = undefined
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#append(Buffer.from(group.map(({ line }) => line).join('')))
    } catch (thrown) {
      // After a failed flush no later one of this file can be trusted: what was flushed before goes into the table.
      await this.#closeFile()
      const error = notRecorded(thrown instanceof Error ? thrown : new Error('unknown failure'))
      for (const { reject } of group) reject(error)
      return
    }
    for (const { resolve } of group) resolve()
  }

  async #append(bytes: Buffer): Promise<void> {
    const file = (this.#open ??= await this.#startFile())
    const { bytesWritten } = await file.handle.writev([bytes], file.bytes)
    if (bytesWritten !== bytes.length) throw shortWrite(bytesWritten, bytes.length)
    // A crash before this returns may leave lines that were not acknowledged: the next start stores those that are whole.
    await file.handle.datasync()
    file.bytes += bytes.length
    if (file.bytes >= fileBytesMax) this.#isDue = true
  }

  async #startFile(): Promise<OpenFile> {
    const { dir, files } = this.#parts
    const name = `${Date.now().toString().padStart(15, '0')}-${randomBytes(8).toString('hex')}${fileEnd}`
    const handle = await files.open(join(dir, name), 'wx', 0o600)
    try {
      // Without this a crash could lose the file's name, and with it reads whose answers have left.
      await syncDirectory(files, dir)
    } catch (thrown) {
      await handle.close()
      throw thrown
    }
    this.#timer = setTimeout(() => {
      this.#isDue = true
      this.#wake()
    }, storeDelayMs)
    return { name, handle, bytes: 0 }
  }

  async #closeFile(): Promise<void> {
    clearTimeout(this.#timer)
    this.#isDue = false
    const file = this.#open
    if (file === undefined) return
    this.#open = undefined
    await file.handle.close().catch(() => undefined)
    this.#parts.inserter.take({ name: file.name, bytes: file.bytes })
  }
}

function notRecorded(cause: Error): WhodidError {
  return new WhodidError(
    'read_not_recorded',
    `the read could not be recorded, so the answer is withheld: ${cause.message}`,
    { cause },
  )
}
