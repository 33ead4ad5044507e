import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { cutDurably, syncDirectory, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import type { LedgerRows } from './ledger-rows.ts'
import { readBack } from './read-back.ts'
import type { ReadBack } from './read-back.ts'
import type { RecentKeys } from './record-key.ts'
import { listSegments, segmentPath } from './segment-files.ts'
import type { SegmentFile } from './segment-files.ts'
import { decodeSegment } from './segment.ts'

/** The content of the log's directory at a start, put in order: closed and stored segments, none open any more. */
export interface Recovered extends ReadBack {
  readonly logIdHex: string
  readonly nextNumber: number
}

export interface Recovery {
  readonly files: FilePort
  readonly dir: string
  readonly keys: RecentKeys
  readonly keysMax: number
  /** Leaves that a checkpoint covers; undefined where nothing is sealed. */
  readonly sealedSize: number | undefined
  /** The ledger, which knows the records that are in ClickHouse; undefined where there is none. */
  readonly rows: LedgerRows | undefined
  readonly logId: string
  /** Is called for damage that is more than a torn tail. */
  readonly onDamage: (message: string) => void
}

/**
 * Brings the log's directory in order, however the last run ended: a segment that was still open loses its torn tail and is
 * closed, and the keys of the newest records are read back. A closed segment is never changed, so its insert under its
 * token is the same insert as before.
 */
export async function recover(recovery: Recovery): Promise<Recovered> {
  const { files, dir } = recovery
  await files.mkdir(dir, { recursive: true, mode: 0o700 })
  for (const segment of await listSegments(files, dir))
    if (segment.state === 'open') await closeLeftover(recovery, segment)
  const segments = await listSegments(files, dir)
  const logIdHex = await loadLogId(recovery, segments)
  const found = await readBack({ ...recovery, segments })
  return { logIdHex, nextNumber: (segments.at(-1)?.number ?? 0) + 1, ...found }
}

async function closeLeftover(recovery: Recovery, segment: SegmentFile): Promise<void> {
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
  await cutDurably(files, path, endOfLastFrame)
  // A crash before the rename is durable leaves it open, with the same frames: the next start does this again.
  await files.rename(path, segmentPath(dir, segment.number, 'closed'))
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

async function readLogId(files: FilePort, path: string): Promise<string | undefined> {
  try {
    const text = (await files.readFile(path, 'latin1')).trim()
    return /^[0-9a-f]{32}$/u.test(text) ? text : undefined
  } catch {
    // Missing, or unreadable: the caller says so and makes another.
    return undefined
  }
}
