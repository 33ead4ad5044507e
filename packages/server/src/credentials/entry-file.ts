import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { syncDirectory, systemFiles } from '@whodid/tlog-posix'
import { z } from 'zod'

/** Most entries of one file. */
const entriesMax = 1000

/** A list that a file of the data directory holds: the file's name without `.json`, which names the list too, and the entries' schema. */
export interface EntryKind<Entry> {
  readonly list: 'exporters' | 'readers'
  readonly schema: z.ZodType<Entry>
}

/** The path of a list's file. */
export function entriesPath(dataDir: string, { list }: Pick<EntryKind<unknown>, 'list'>): string {
  return join(dataDir, `${list}.json`)
}

/** The entries of a data directory; none when there is no file. Throws `invalid_config` for an unusable file. */
export async function readEntries<Entry>(
  dataDir: string,
  kind: EntryKind<Entry>,
): Promise<Entry[]> {
  const path = entriesPath(dataDir, kind)
  try {
    const held = listOf(kind).parse(JSON.parse(await readFile(path, 'utf8')))
    return held[kind.list] ?? []
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return []
    const reason = thrown instanceof z.ZodError ? thrown.issues[0]?.message : undefined
    throw new WhodidError(
      'invalid_config',
      `${path} cannot be used: ${reason ?? 'it cannot be read as JSON'}`,
      { cause: thrown },
    )
  }
}

/**
 * Replaces the file (0600) as a whole: a crash leaves the old one or the new one, and perhaps a draft that nobody reads.
 * Throws `invalid_config` when an entry is not valid.
 */
export async function writeEntries<Entry>(
  dataDir: string,
  kind: EntryKind<Entry>,
  entries: readonly Entry[],
): Promise<void> {
  const checked = listOf(kind).safeParse({ [kind.list]: entries })
  if (!checked.success) {
    const issue = checked.error.issues[0]
    throw new WhodidError(
      'invalid_config',
      `"${issue?.path.at(-1)?.toString() ?? ''}" of one of the ${kind.list} was not taken: ${issue?.message ?? ''}`,
    )
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = join(dataDir, `.${kind.list}.${process.pid}.${randomBytes(4).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  await file.writeFile(`${JSON.stringify(checked.data, undefined, 2)}\n`)
  await file.sync()
  await file.close()
  await rename(draft, entriesPath(dataDir, kind))
  await syncDirectory(systemFiles, dataDir)
}

function listOf<Entry>({ list, schema }: EntryKind<Entry>): z.ZodType<Record<string, Entry[]>> {
  return z.object({ [list]: z.array(schema).max(entriesMax) })
}
