import { decodeSegment } from './segment.ts'
import { listSegments, segmentPath, systemFiles } from './log-files.ts'

/**
 * The lowest place whose record may not be in ClickHouse yet, by the segments that a collector's log holds; undefined when
 * all that it holds is stored. For whoever looks at the log from outside: it may be running.
 */
export async function firstUnstoredIndex(logDir: string): Promise<number | undefined> {
  const segments = await listSegments(systemFiles, logDir).catch(() => [])
  let lowest: number | undefined
  for (const { number, state } of segments) {
    if (state === 'stored') continue
    // One that is gone by now was stored, or renamed on its way: its rows are on theirs.
    const bytes = await readState(logDir, number)
    for (const { firstIndex } of decodeSegment(bytes).frames)
      if (lowest === undefined || firstIndex < lowest) lowest = firstIndex
    if (lowest !== undefined) return lowest
  }
  return undefined
}

async function readState(logDir: string, number: number): Promise<Buffer> {
  for (const state of ['open', 'sealed'] as const)
    try {
      return await systemFiles.readFile(segmentPath(logDir, number, state))
    } catch {
      // Renamed meanwhile; the next name is tried.
    }
  return Buffer.alloc(0)
}
