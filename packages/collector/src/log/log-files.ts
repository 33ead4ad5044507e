import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import type * as fileSystem from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The calls to the file system that the log makes; a test may put failing ones in their place. */
export type LogFiles = Pick<
  typeof fileSystem,
  'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'stat'
>

/** The system's own. */
export const systemFiles: LogFiles = { mkdir, open, readdir, readFile, rename, rm, stat }

/**
 * Where a segment stands, by the end of its file's name: `open` is being written, `sealed` is fixed and waits for
 * ClickHouse, `stored` is there and is kept for the keys of its records.
 */
export type SegmentState = 'open' | 'sealed' | 'stored'

export interface SegmentFile {
  readonly number: number
  readonly state: SegmentState
  readonly bytes: number
  readonly modifiedMs: number
}

export function segmentPath(dir: string, number: number, state: SegmentState): string {
  return join(dir, `${String(number).padStart(16, '0')}.${state}`)
}

/** The segments of a directory, in the order of their numbers. */
export async function listSegments(files: LogFiles, dir: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = []
  for (const name of await files.readdir(dir)) {
    const match = /^(\d{16})\.(open|sealed|stored)$/u.exec(name)
    if (match === null) continue
    const { size, mtimeMs } = await files.stat(join(dir, name))
    // Sound: the pattern admits these three words only.
    const state = match[2] as SegmentState
    found.push({ number: Number(match[1]), state, bytes: size, modifiedMs: mtimeMs })
  }
  return found.toSorted((a, b) => a.number - b.number)
}

/** Makes the directory's entries durable: a file that was made or renamed is found again after a crash. */
export async function syncDirectory(files: LogFiles, dir: string): Promise<void> {
  const handle = await files.open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a directory, and its name durable in the one it is in. */
export async function makeDirectory(files: LogFiles, dir: string): Promise<void> {
  await files.mkdir(dir, { recursive: true, mode: 0o700 })
  try {
    await syncDirectory(files, dirname(dir))
  } catch (thrown) {
    // A directory in one that may not be opened was there before us.
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
    if (code !== 'EACCES' && code !== 'EPERM') throw thrown
  }
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
