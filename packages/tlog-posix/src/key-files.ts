import { dirname, join } from 'node:path'
import {
  createDurably,
  makeDirectory,
  readIfThere,
  readTextIfThere,
  writeDurably,
} from './durable.ts'
import type { FilePort } from './durable.ts'
import { plainKeys } from './key-wrapping.ts'
import type { KeyWrapping } from './key-wrapping.ts'
import { logName } from './log-trees.ts'

/** The text of a new key, and the form that it has on the disk; default plain. */
interface KeyMaking {
  readonly make: () => string
  readonly wrapping?: KeyWrapping
}

/**
 * Returns the text of a signing key's file. If there is none, makes the file (0600) from the result of `make`. The key is
 * durable when this resolves, and may sign only then. Two processes that make it at one time get the same key.
 */
export async function loadOrCreateKey(
  files: FilePort,
  path: string,
  { make, wrapping = plainKeys }: KeyMaking,
): Promise<string> {
  const read = async (): Promise<string | undefined> => {
    const bytes = await readIfThere(files, path)
    return bytes === undefined ? undefined : wrapping.unwrap(path, bytes).toString('utf8')
  }
  const found = await read()
  if (found !== undefined) return found
  const text = `${make()}\n`
  await makeDirectory(files, dirname(path))
  if (await createDurably(files, path, wrapping.wrap(path, text))) return text
  return (await read()) ?? text
}

/**
 * The newest checkpoint that a log's key has signed, kept with the key: a tree and a database that were restored without this
 * directory are detected at the next start.
 */
export class HeadFile {
  readonly #files: FilePort
  readonly #path: string
  #latest: string

  private constructor(files: FilePort, path: string, latest: string) {
    this.#files = files
    this.#path = path
    this.#latest = latest
  }

  static async open(files: FilePort, keysDir: string, origin: string): Promise<HeadFile> {
    const path = join(keysDir, `log-${logName(origin)}.head`)
    return new HeadFile(files, path, (await readTextIfThere(files, path)) ?? '')
  }

  /** '' before the first. */
  get latest(): string {
    return this.#latest
  }

  /** Must be called after the checkpoint is kept and before it is published: a crash then leaves the head behind, never ahead. */
  async keep(note: string): Promise<void> {
    await writeDurably(this.#files, this.#path, note)
    this.#latest = note
  }
}
