import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import {
  cutDurably,
  extendDurably,
  readTextIfThere,
  syncDirectory,
  writeDurably,
} from './durable.ts'
import type { FilePort } from './durable.ts'

/** Bytes of one file of the history; the next checkpoint begins another. */
const historyFileBytesMax = 8 * 1024 * 1024

interface HistoryFile {
  readonly name: string
  /** Bytes that are whole checkpoints and durable; bytes behind them were torn. */
  durableBytes: number
}

/**
 * The checkpoints of one log: `checkpoint`, the newest, and `checkpoints/`, every one there was, in files named after the
 * size of their first, each followed by an empty line. A checkpoint is kept before it is published, so that
 * none that was signed is lost.
 */
export class CheckpointFiles {
  readonly #files: FilePort
  readonly #dir: string
  /** The content that `checkpoint` must have for this process to be the one that replaces it. */
  #published: string
  #attempted = ''
  #latest: string
  #history: HistoryFile | undefined

  private constructor(
    place: { files: FilePort; dir: string },
    found: { published: string; latest: string; history: HistoryFile | undefined },
  ) {
    this.#files = place.files
    this.#dir = place.dir
    this.#published = found.published
    this.#latest = found.latest
    this.#history = found.history
  }

  /** Reads the newest. A torn last one was never published, and is cut off. */
  static async open(files: FilePort, dir: string): Promise<CheckpointFiles> {
    await files.mkdir(join(dir, 'checkpoints'), { recursive: true, mode: 0o700 })
    await syncDirectory(files, dir)
    const published = await readOrEmpty(files, join(dir, 'checkpoint'))
    const names = (await files.readdir(join(dir, 'checkpoints'))).filter((name) =>
      /^\d{16}$/u.test(name),
    )
    let latest = ''
    let history: HistoryFile | undefined
    for (const name of names.toSorted().toReversed()) {
      const { last, bytes } = readWhole(await readOrEmpty(files, join(dir, 'checkpoints', name)))
      history ??= { name, durableBytes: bytes }
      await cutDurably(files, join(dir, 'checkpoints', name), bytes)
      latest = last
      if (latest !== '') break
    }
    return new CheckpointFiles({ files, dir }, { published, latest: latest || published, history })
  }

  /** The newest checkpoint that was signed, published or not; '' before the first. */
  get latest(): string {
    return this.#latest
  }

  /** The content of `checkpoint` at the start, or since; '' when there was none. */
  get published(): string {
    return this.#published
  }

  /** Adds the checkpoint of this size to those there were. */
  async keep(note: string, size: number): Promise<void> {
    if (note === this.#latest) return
    const history = await this.#historyFor(size)
    const bytes = Buffer.from(`${note}\n`)
    const handle = await this.#files.open(join(this.#dir, 'checkpoints', history.name), 'r+')
    // A crash before its sync leaves a checkpoint that nobody has seen, torn or whole: cut off or taken up.
    await extendDurably(handle, history.durableBytes, bytes)
    history.durableBytes += bytes.length
    this.#latest = note
  }

  /**
   * Makes a kept checkpoint the newest: a compare and swap. Throws `seal_failed`, permanently, when `checkpoint` no longer has
   * the content that this process wrote: another process writes it, or it was restored, and going on would fork the log.
   */
  async publish(note: string): Promise<void> {
    const path = join(this.#dir, 'checkpoint')
    const found = await readOrEmpty(this.#files, path)
    // A replacement that reported a failure may have taken effect all the same.
    if (found === this.#attempted || found === note) this.#published = found
    if (found === note) return
    if (found !== this.#published)
      throw new WhodidError(
        'seal_failed',
        `the file "${path}" expected what this sequencer wrote last; something else has written it`,
      )
    this.#attempted = note
    // A crash before this leaves the old checkpoint, and the new one as the last of all: the next start publishes it.
    await writeDurably(this.#files, path, note)
    this.#published = note
  }

  async #historyFor(size: number): Promise<HistoryFile> {
    if (this.#history !== undefined && this.#history.durableBytes < historyFileBytesMax)
      return this.#history
    const name = String(size).padStart(16, '0')
    const handle = await this.#files.open(join(this.#dir, 'checkpoints', name), 'w', 0o600)
    await handle.close()
    await syncDirectory(this.#files, join(this.#dir, 'checkpoints'))
    return (this.#history = { name, durableBytes: 0 })
  }
}

/** The last whole checkpoint of a file, and where it ends. */
function readWhole(text: string): { last: string; bytes: number } {
  const parts = text.split('\n\n')
  // Text and signatures alternate; behind the last empty line stands nothing, or a torn checkpoint.
  const whole = Math.floor((parts.length - 1) / 2)
  if (whole === 0) return { last: '', bytes: 0 }
  const last = `${parts.slice(2 * whole - 2, 2 * whole).join('\n\n')}\n`
  return { last, bytes: Buffer.byteLength(`${parts.slice(0, 2 * whole).join('\n\n')}\n\n`) }
}

async function readOrEmpty(files: FilePort, path: string): Promise<string> {
  return (await readTextIfThere(files, path)) ?? ''
}
