import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import type * as fileSystem from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The calls to the file system that a checkpoint log makes; a test may put failing ones in their place. */
export type LogFiles = Pick<
  typeof fileSystem,
  'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm'
>

/** The system's own. */
export const systemFiles: LogFiles = { mkdir, open, readdir, readFile, rename, rm }

/** A file that only grows: what stands in its first `keptBytes` is durable, and what is behind them was torn. */
interface GrowingFile {
  /** The checkpoint log's directory, and the file's path in it. */
  readonly dir: string
  readonly path: string
  readonly keptBytes: number
  /** Whether this run has made the file's name durable. */
  readonly isNamed: boolean
}

/** Puts bytes behind what a file holds; they are durable when this resolves. A crash before leaves any part of them. */
export async function appendDurably(
  files: LogFiles,
  { dir, path, keptBytes, isNamed }: GrowingFile,
  bytes: Buffer,
): Promise<void> {
  const file = join(dir, path)
  if (!isNamed) await makeDirectory(files, dir, dirname(path))
  const handle = await files.open(file, keptBytes === 0 ? 'w' : 'r+', 0o600)
  try {
    // What an earlier write left that failed.
    await handle.truncate(keptBytes)
    const { bytesWritten } = await handle.writev([bytes], keptBytes)
    if (bytesWritten !== bytes.length)
      throw Object.assign(new Error(`wrote ${bytesWritten} of ${bytes.length} bytes`), {
        code: 'ENOSPC',
      })
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (!isNamed) await syncDirectory(files, dirname(file))
}

/** Replaces a small file for good: after a crash it has the old content or the new, never a part. */
export async function writeDurably(files: LogFiles, path: string, text: string): Promise<void> {
  const handle = await files.open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await files.rename(`${path}.new`, path)
  await syncDirectory(files, dirname(path))
}

/** Makes a directory below `dir`, and the names of all between the two durable. */
async function makeDirectory(files: LogFiles, dir: string, path: string): Promise<void> {
  await files.mkdir(join(dir, path), { recursive: true, mode: 0o700 })
  for (let at = path; at !== '.'; at = dirname(at))
    await syncDirectory(files, join(dir, dirname(at)))
}

/** Makes the directory that all else is in, and its name durable in the one that it is in. */
export async function makeBase(files: LogFiles, dir: string): Promise<void> {
  await files.mkdir(dir, { recursive: true, mode: 0o700 })
  try {
    await syncDirectory(files, dirname(dir))
  } catch (error) {
    // A directory in one that may not be opened was there before us.
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code !== 'EACCES' && code !== 'EPERM') throw error
  }
}

/** The content of a file; undefined when it is not there. */
export async function readIfThere(files: LogFiles, path: string): Promise<Buffer | undefined> {
  try {
    return await files.readFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The names in a directory, none when it is not there. */
export async function listIfThere(files: LogFiles, dir: string): Promise<string[]> {
  try {
    return await files.readdir(dir)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function syncDirectory(files: LogFiles, dir: string): Promise<void> {
  const handle = await files.open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isMissing(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}
