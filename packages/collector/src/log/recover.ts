import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { LedgerRows } from './ledger-rows.ts'
import { listSegments, segmentPath, syncDirectory, writeDurably } from './log-files.ts'
import type { LogFiles, SegmentFile } from './log-files.ts'
import { readBack } from './read-back.ts'
import type { ReadBack } from './read-back.ts'
import type { RecentKeys } from './recent-keys.ts'
import { decodeSegment } from './segment.ts'

/** What a start found in the log's directory, put in order: sealed and stored segments, none open any more. */
export interface Recovered extends ReadBack {
  readonly logIdHex: string
  readonly nextNumber: number
}

export interface Recovery {
  readonly files: LogFiles
  readonly dir: string
  readonly keys: RecentKeys
  readonly keysMax: number
  /** Leaves that a checkpoint covers; undefined where nothing is sealed. */
  readonly sealedSize: number | undefined
  /** What tells which records are in ClickHouse; undefined where nobody does. */
  readonly rows: LedgerRows | undefined
  readonly logId: string
  /** Told of damage that is more than a torn tail. */
  readonly onDamage: (message: string) => void
}

/**
 * Brings the log's directory in order after whatever ended the last run: a segment that was still open loses its torn
 * tail and is sealed, and the keys of the newest records are read back. A segment that is sealed is never changed, so its
 * insert under its token is the same insert as before.
 */
export async function recover(recovery: Recovery): Promise<Recovered> {
  const { files, dir } = recovery
  await files.mkdir(dir, { recursive: true, mode: 0o700 })
  for (const segment of await listSegments(files, dir))
    if (segment.state === 'open') await sealLeftover(recovery, segment)
  const segments = await listSegments(files, dir)
  const logIdHex = await loadLogId(recovery, segments)
  const found = await readBack({ ...recovery, segments })
  return { logIdHex, nextNumber: (segments.at(-1)?.number ?? 0) + 1, ...found }
}

async function sealLeftover(recovery: Recovery, segment: SegmentFile): Promise<void> {
  const { files, dir } = recovery
  const path = segmentPath(dir, segment.number, 'open')
  const content = decodeSegment(await files.readFile(path))
  const { frames, endOfLastFrame, damagedBytes } = content
  if (damagedBytes > 0)
    recovery.onDamage(`segment ${segment.number} has ${damagedBytes} damaged bytes between frames`)
  if (content.isTailWhole)
    recovery.onDamage(
      `segment ${segment.number} ends in a damaged frame of ${content.tailBytes} bytes, which is cut off: if it was acknowledged, it is lost`,
    )
  if (frames.length === 0) {
    // Nothing in it was acknowledged, and nothing was inserted under its number, which may be used again.
    await files.rm(path)
    return
  }
  const handle = await files.open(path, 'r+')
  try {
    await handle.truncate(endOfLastFrame)
    await handle.sync()
  } finally {
    await handle.close()
  }
  // A crash before the rename is durable leaves it open, with the same frames: the next start does this again.
  await files.rename(path, segmentPath(dir, segment.number, 'sealed'))
  await syncDirectory(files, dir)
}

/**
 * The log's own ID, made at the first start. Without any segment a new one is made: numbers then begin at 1 again, and
 * an old token would make ClickHouse drop the new rows as known.
 */
async function loadLogId(recovery: Recovery, segments: readonly SegmentFile[]): Promise<string> {
  const { files, dir } = recovery
  const path = join(dir, 'log-id')
  if (segments.length > 0) {
    const kept = await readLogId(files, path)
    if (kept !== undefined) return kept
    recovery.onDamage('the file log-id is missing or damaged; a new log ID is made')
  }
  const made = randomBytes(16).toString('hex')
  // A crash before this leaves the old ID or none; either way no segment bears the new one yet.
  await writeDurably(files, path, `${made}\n`)
  return made
}

async function readLogId(files: LogFiles, path: string): Promise<string | undefined> {
  try {
    const text = (await files.readFile(path, 'latin1')).trim()
    return /^[0-9a-f]{32}$/u.test(text) ? text : undefined
  } catch {
    // Missing, or unreadable: the caller says so and makes another.
    return undefined
  }
}
