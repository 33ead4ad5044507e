import type * as fileSystem from 'node:fs/promises'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/*
 * A small file is made or replaced by these system calls, in this order:
 *
 *   1  open `<path>.new`      a crash after it leaves the old file, or none, and an empty draft
 *   2  write                  the same, with a draft that may be torn
 *   3  fsync                  the same, with a whole draft; the next write replaces it
 *   4  rename (or link)       the old file or the new one, each of them whole: the entry may not be on the disk yet
 *   5  fsync the directory    the new file
 *
 * Nothing may be acknowledged, signed or published on the strength of a file before step 5 has returned. A file that
 * grows is cut to its durable length, written and synced in place; a crash leaves any part of the new bytes behind it.
 */

/** The calls to the file system that are made. A test may put failing ones, or ones that count, in their place. */
export type FilePort = Pick<
  typeof fileSystem,
  'link' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'stat'
>

/** The system's own calls. */
export const systemFiles: FilePort = { link, mkdir, open, readdir, readFile, rename, rm, stat }

/**
 * Replaces a small file (0600); it is durable when this resolves. Must not be called concurrently for one path.
 *
 * Does NOT make the directory.
 */
export async function writeDurably(
  files: FilePort,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const draft = `${path}.new`
  await writeDraft(files, draft, content)
  await files.rename(draft, path)
  await syncDirectory(files, dirname(path))
}

/**
 * Makes a small file (0600), whole and durable when this resolves; resolves with false, and changes nothing, where the path is
 * taken. May be called concurrently, also by several processes: one of them makes the file.
 *
 * Does NOT make the directory.
 */
export async function createDurably(
  files: FilePort,
  path: string,
  content: string | Uint8Array,
): Promise<boolean> {
  const draft = `${path}.${process.pid}.${(draftCount += 1)}.new`
  await writeDraft(files, draft, content)
  try {
    await files.link(draft, path)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw thrown
  } finally {
    await files.rm(draft, { force: true })
    await syncDirectory(files, dirname(path))
  }
}

let draftCount = 0

async function writeDraft(
  files: FilePort,
  draft: string,
  content: string | Uint8Array,
): Promise<void> {
  const handle = await files.open(draft, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the entries of a directory durable: files that were made, renamed or removed in it. */
export async function syncDirectory(files: FilePort, dir: string): Promise<void> {
  const handle = await files.open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a directory (0700) where it is absent, and its name durable in its parent. */
export async function makeDirectory(files: FilePort, dir: string): Promise<void> {
  await files.mkdir(dir, { recursive: true, mode: 0o700 })
  try {
    await syncDirectory(files, dirname(dir))
  } catch (thrown) {
    // A parent that may not be opened held the directory before.
    if (codeOf(thrown) !== 'EACCES' && codeOf(thrown) !== 'EPERM') throw thrown
  }
}

/** Makes a directory below `base`, and the names of all between the two durable. */
async function makeDirectoryBelow(files: FilePort, base: string, path: string): Promise<void> {
  await files.mkdir(join(base, path), { recursive: true, mode: 0o700 })
  for (let at = path; at !== '.'; at = dirname(at))
    await syncDirectory(files, join(base, dirname(at)))
}

/** A file that only grows: its first `keptBytes` are durable, and the bytes behind them were torn. */
export interface DurableFile {
  /** The directory under which the names are made durable, and the file's path in it. */
  readonly dir: string
  readonly path: string
  readonly keptBytes: number
  /** True when this run has made the file's name durable. */
  readonly isNamed: boolean
}

/** Appends bytes to a file; they are durable when this resolves. */
export async function appendDurably(
  files: FilePort,
  { dir, path, keptBytes, isNamed }: DurableFile,
  bytes: Uint8Array,
): Promise<void> {
  const file = join(dir, path)
  if (!isNamed) await makeDirectoryBelow(files, dir, dirname(path))
  const handle = await files.open(file, keptBytes === 0 ? 'w' : 'r+', 0o600)
  await extendDurably(handle, keptBytes, bytes)
  if (!isNamed) await syncDirectory(files, dirname(file))
}

/**
 * Cuts an open file to `keptBytes`, which drops the bytes of an earlier failed write, writes behind them, syncs and closes.
 * Throws `ENOSPC` for a short write, as the system does when nothing is written.
 */
export async function extendDurably(
  handle: FileHandle,
  keptBytes: number,
  bytes: Uint8Array,
): Promise<void> {
  try {
    await handle.truncate(keptBytes)
    const { bytesWritten } = await handle.writev([bytes], keptBytes)
    if (bytesWritten !== bytes.length) throw shortWrite(bytesWritten, bytes.length)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Cuts a file to its first `bytes` and syncs: bytes of a killed run can be read and may not be on the disk yet. */
export async function cutDurably(files: FilePort, path: string, bytes: number): Promise<void> {
  const handle = await files.open(path, 'r+')
  try {
    await handle.truncate(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The error of a short write on a regular file, which means that the disk is full. */
export function shortWrite(written: number, expected: number): Error {
  return Object.assign(new Error(`wrote ${written} of ${expected} bytes`), { code: 'ENOSPC' })
}

/** The content of a file; undefined when it is not there. */
export async function readIfThere(
  files: Pick<FilePort, 'readFile'>,
  path: string,
): Promise<Buffer | undefined> {
  return orUndefined(files.readFile(path))
}

/** The text of a file; undefined when it is not there. */
export async function readTextIfThere(
  files: Pick<FilePort, 'readFile'>,
  path: string,
): Promise<string | undefined> {
  return orUndefined(files.readFile(path, 'utf8'))
}

/** The names in a directory; none when it is not there. */
export async function listIfThere(
  files: Pick<FilePort, 'readdir'>,
  dir: string,
): Promise<string[]> {
  return (await orUndefined(files.readdir(dir))) ?? []
}

/** The result of a reading call; undefined where the file or directory is missing. */
export async function orUndefined<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return undefined
    throw thrown
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
}
