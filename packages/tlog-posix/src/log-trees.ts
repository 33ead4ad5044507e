import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseKeyEpochs, parseVkey } from '@whodid/tlog'
import type { KeyEpoch, TileReader } from '@whodid/tlog'
import { orUndefined } from './durable.ts'
import { createTileReader } from './tile-reader.ts'

/** A log's tree as its sequencer keeps it beside the database, to be read while it grows. */
export interface LogTree {
  /** The name of the log in records and checkpoints. */
  readonly origin: string
  /** The last element of the origin, which its routes are called by. */
  readonly name: string
  /** Any tile of any tree this log has had: a partial one also when only a wider one is kept. */
  readonly tiles: TileReader
  /** The keys, from beside the tree: for a reader that trusts this machine. Others bring their own copy. */
  readonly epochs: readonly KeyEpoch[]
  /** The newest checkpoint's note; undefined before the first. */
  readonly checkpoint: () => Promise<string | undefined>
  /** The newest checkpoint that witnesses have cosigned; undefined where none has. */
  readonly cosigned: () => Promise<string | undefined>
  /** The checkpoints of at least this many leaves, smallest first; at most `limit`. */
  readonly checkpoints: (fromSize: number, limit: number) => Promise<string[]>
}

/** The trees of one directory. */
export interface LogTrees {
  readonly all: () => Promise<LogTree[]>
  readonly byOrigin: (origin: string) => Promise<LogTree | undefined>
  readonly byName: (name: string) => Promise<LogTree | undefined>
}

/** Reads the trees that collectors keep in a directory; a missing directory has none. Does NOT verify the trees. */
export function openLogTrees(dir: string): LogTrees {
  const byName = async (name: string): Promise<LogTree | undefined> =>
    namePattern.test(name) ? openTree(join(dir, name), name) : undefined
  return {
    byName,
    byOrigin: async (origin) => {
      const tree = await byName(logName(origin))
      return tree?.origin === origin ? tree : undefined
    },
    all: async () => {
      const names = (await orUndefined(readdir(dir))) ?? []
      const trees = await Promise.all(names.toSorted().map(byName))
      return trees.filter((tree) => tree !== undefined)
    },
  }
}

/** The last element of an origin: the name of the log's directory and in its routes. */
export function logName(origin: string): string {
  return origin.slice(origin.lastIndexOf('/') + 1)
}

/** The form of an origin's last element; it cannot lead out of the directory. */
const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/u

async function openTree(dir: string, name: string): Promise<LogTree | undefined> {
  const keys = await orUndefined(readFile(join(dir, 'keys')))
  if (keys === undefined) return undefined
  const epochs = parseKeyEpochs(keys)
  const readNote = (file: string): Promise<string | undefined> =>
    orUndefined(readFile(join(dir, file), 'utf8'))
  return {
    origin: parseVkey(epochs[0]?.vkey ?? '').name,
    name,
    epochs,
    tiles: createTileReader(dir),
    checkpoint: () => readNote('checkpoint'),
    cosigned: () => readNote('cosigned'),
    checkpoints: (fromSize, limit) => readHistory(join(dir, 'checkpoints'), fromSize, limit),
  }
}

async function readHistory(dir: string, fromSize: number, limit: number): Promise<string[]> {
  const names = ((await orUndefined(readdir(dir))) ?? []).filter((name) => /^\d{16}$/u.test(name))
  const ordered = names.toSorted()
  // The last file that begins at or below the size may hold it; those after it hold larger ones.
  const start = Math.max(
    ordered.findLastIndex((name) => Number(name) <= fromSize),
    0,
  )
  const found: string[] = []
  for (const name of ordered.slice(start)) {
    if (found.length >= limit) break
    const text = (await orUndefined(readFile(join(dir, name), 'utf8'))) ?? ''
    for (const note of notesOf(text)) {
      if (found.length >= limit) break
      if (Number(note.split('\n', 2)[1]) >= fromSize) found.push(note)
    }
  }
  return found
}

/** Each is its text, an empty line and its signatures; behind it stands an empty line. A torn last one is left out. */
function notesOf(text: string): string[] {
  const parts = text.split('\n\n')
  const notes: string[] = []
  for (let at = 0; at + 2 < parts.length; at += 2)
    notes.push(`${parts[at] ?? ''}\n\n${parts[at + 1] ?? ''}\n`)
  return notes
}
