import { join } from 'node:path'
import { systemFiles } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { decodeSegment } from './segment.ts'

/**
 * The state of a segment, which the suffix of its file shows: `open` is being written, `closed` is fixed and waits for
 * ClickHouse, `stored` is there and is kept for the keys of its records.
 */
export type SegmentState = 'open' | 'closed' | 'stored'

// On the disk a closed segment is `.sealed`: that suffix is format, and the logs of earlier versions have it.
const suffixOf = { open: 'open', closed: 'sealed', stored: 'stored' } as const
const stateOf = { open: 'open', sealed: 'closed', stored: 'stored' } as const

export interface SegmentFile {
  readonly number: number
  readonly state: SegmentState
  readonly bytes: number
  readonly modifiedMs: number
}

export function segmentPath(dir: string, number: number, state: SegmentState): string {
  return join(dir, `${String(number).padStart(16, '0')}.${suffixOf[state]}`)
}

/** The segments of a directory, in the order of their numbers. */
export async function listSegments(files: FilePort, dir: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = []
  for (const name of await files.readdir(dir)) {
    const match = /^(\d{16})\.(open|sealed|stored)$/u.exec(name)
    if (match === null) continue
    const { size, mtimeMs } = await files.stat(join(dir, name))
    // Sound: the pattern admits these three words only.
    const state = stateOf[match[2] as keyof typeof stateOf]
    found.push({ number: Number(match[1]), state, bytes: size, modifiedMs: mtimeMs })
  }
  return found.toSorted((a, b) => a.number - b.number)
}

/**
 * Returns the lowest place whose record may not be in ClickHouse yet, by the segments that a collector's log holds; undefined
 * when all of them are stored. May be called while the collector runs, also by another process.
 */
export async function firstUnstoredIndex(logDir: string): Promise<number | undefined> {
  const segments = await listSegments(systemFiles, logDir).catch(() => [])
  let lowest: number | undefined
  for (const { number, state } of segments) {
    if (state === 'stored') continue
    // One that is gone by now was stored, or was renamed while its rows were inserted.
    const bytes = await readState(logDir, number)
    for (const { firstIndex } of decodeSegment(bytes).frames)
      if (lowest === undefined || firstIndex < lowest) lowest = firstIndex
    if (lowest !== undefined) return lowest
  }
  return undefined
}

async function readState(logDir: string, number: number): Promise<Buffer> {
  for (const state of ['open', 'closed'] as const)
    try {
      return await systemFiles.readFile(segmentPath(logDir, number, state))
    } catch {
      // Renamed meanwhile; the next name is tried.
    }
  return Buffer.alloc(0)
}
