import { join } from 'node:path'
import { writeDurably } from '../log/log-files.ts'
import type { LogFiles } from '../log/log-files.ts'
import { logName } from './key-ring.ts'

/**
 * The newest checkpoint that a log's key has signed, kept with the key: whoever puts back the tree and the database, and
 * not this directory, is found out at the next start.
 */
export class HeadFile {
  readonly #files: LogFiles
  readonly #path: string
  #latest: string

  private constructor(files: LogFiles, path: string, latest: string) {
    this.#files = files
    this.#path = path
    this.#latest = latest
  }

  static async open(files: LogFiles, keysDir: string, origin: string): Promise<HeadFile> {
    const path = join(keysDir, `log-${logName(origin)}.head`)
    try {
      return new HeadFile(files, path, await files.readFile(path, 'utf8'))
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
        return new HeadFile(files, path, '')
      throw thrown
    }
  }

  /** '' before the first. */
  get latest(): string {
    return this.#latest
  }

  /** Between a checkpoint's being kept and its being published: a crash here leaves the head behind, never ahead. */
  async keep(note: string): Promise<void> {
    await writeDurably(this.#files, this.#path, note)
    this.#latest = note
  }
}
