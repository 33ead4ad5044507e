import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTileReader } from '@whodid/tlog-posix'
import { parseKeyEpochs, parseVkey } from '@whodid/tlog'
import type { KeyEpoch } from '@whodid/tlog'
import type { LogVerificationOptions } from '../rows/verify-log.ts'
import type { LogToVerify } from '../verify-ledger.ts'

/**
 * The places of a data directory's logs, and of the checkpoints and keys that verify them.
 *
 * @example
 * ```ts
 * const places: LogPlaces = { dataDir: '.whodid', keysDir: '.whodid/keys', firstUnstored }
 * ```
 */
export interface LogPlaces {
  readonly dataDir: string
  /** The directory of the keys; it also holds the newest checkpoint of each log. */
  readonly keysDir: string
  /** Files with checkpoints that were kept elsewhere. */
  readonly anchorPaths?: readonly string[]
  /** The keys to trust, in the form of the file `keys` beside a tree. Default: that file. */
  readonly keysPath?: string | undefined
  /**
   * Returns the first place of the collector's own log that may not be in ClickHouse yet; undefined when every place is. `logDir`
   * holds the log's segments. `firstUnstoredIndex` of `@whodid/collector` is such a function.
   */
  readonly firstUnstored: (logDir: string) => Promise<number | undefined>
}

/**
 * A log that `findLogs` found.
 *
 * @example
 * ```ts
 * const own: FoundLog | undefined = (await findLogs(places)).find(({ isOwn }) => isOwn)
 * ```
 */
export interface FoundLog extends LogToVerify {
  /** The newest checkpoint that witnesses cosigned. */
  readonly cosigned: string | undefined
  /** True when it is the log of this directory's own collector. */
  readonly isOwn: boolean
  /** The newest checkpoint that the checkpoint log acknowledged. */
  readonly recorded: string | undefined
}

/** The number of attempts to read a checkpoint that was signed and is not published, and the milliseconds between them. */
const publishLooksMax = 20
const publishLookMs = 100

/** The milliseconds within which a stored row must be sealed. */
const sealMsMax = 60_000

/** The number of earlier checkpoints of a log that are compared with the newest, evenly spaced over all that were signed. */
const historyMax = 64

/**
 * Finds every log of a data directory, with its tiles, its checkpoint, its keys and its earlier checkpoints. Reads the newest
 * checkpoint before it finds out which rows are stored, so that every place below `storedTo` must have its row.
 *
 * @example
 * ```ts
 * const logs = await findLogs({ dataDir: '.whodid', keysDir: '.whodid/keys', firstUnstored })
 * ```
 */
export async function findLogs(places: LogPlaces): Promise<FoundLog[]> {
  const treeDir = join(places.dataDir, 'tlog')
  const logs: FoundLog[] = []
  for (const entry of await readdir(treeDir, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) logs.push(await findLog(join(treeDir, entry.name), entry.name, places))
  const own = (await readText(join(places.dataDir, 'log', 'origin')))?.trim()
  const unstored = await places.firstUnstored(join(places.dataDir, 'log'))
  const sealedByUnixNs = BigInt(Date.now() - sealMsMax) * 1_000_000n
  return logs.map((log) => {
    const options: LogVerificationOptions =
      log.origin === own && unstored !== undefined
        ? { sealedByUnixNs, storedTo: unstored }
        : { sealedByUnixNs }
    return { ...log, options, isOwn: log.origin === own }
  })
}

async function findLog(dir: string, name: string, places: LogPlaces): Promise<FoundLog> {
  const epochs = await readEpochs(places.keysPath ?? join(dir, 'keys'))
  const first = epochs[0]
  const given = await Promise.all((places.anchorPaths ?? []).map((path) => readFile(path, 'utf8')))
  const origin = first === undefined ? name : parseVkey(first.vkey).name
  const own = given.filter((anchor) => anchor.startsWith(`${origin}\n`))
  const cosigned = await readText(join(dir, 'cosigned'))
  const recorded = await readText(join(dir, 'recorded'))
  const head = await readText(join(places.keysDir, `log-${name}.head`))
  const history = await readHistory(dir)
  const signed = [...sampleOf(history), ...(head === undefined ? [] : [head])]
  // The published checkpoint is read last, because none of the others may be larger.
  const published = await readPublished(join(dir, 'checkpoint'), signed)
  // After a crash between keeping a checkpoint and publishing it, the kept one is the newest; the next start publishes it.
  const note = published === history.at(-2) ? (history.at(-1) ?? published) : published
  return {
    origin,
    note,
    epochs,
    anchors: [...signed, ...own],
    cosigned,
    isOwn: false,
    recorded,
    tiles: createTileReader(dir),
  }
}

/** Reads the published checkpoint. The sequencer keeps each checkpoint before it publishes it, so this waits for the newest kept one. */
async function readPublished(path: string, signed: readonly string[]): Promise<string | undefined> {
  const size = Math.max(0, ...signed.map(sizeOf))
  for (let look = 1; ; look += 1) {
    const note = await readText(path)
    if (look === publishLooksMax || sizeOf(note ?? '') >= size) return note
    await sleep(publishLookMs)
  }
}

function sizeOf(note: string): number {
  return Number(/^[^\n]*\n(\d{1,16})\n/u.exec(note)?.[1] ?? 0)
}

/** Returns no keys when there is no file: every checkpoint then has an unknown signer, which is a finding. */
async function readEpochs(path: string): Promise<KeyEpoch[]> {
  const text = await readText(path)
  return text === undefined ? [] : parseKeyEpochs(text)
}

async function readHistory(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, 'checkpoints')).catch(() => [])
  const notes: string[] = []
  for (const file of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    const parts = ((await readText(join(dir, 'checkpoints', file))) ?? '').split('\n\n')
    // Text and signatures alternate; a crash has torn the part after the last empty line.
    for (let at = 0; at + 2 < parts.length; at += 2)
      notes.push(`${parts[at] ?? ''}\n\n${parts[at + 1] ?? ''}\n`)
  }
  return notes
}

function sampleOf(notes: readonly string[]): string[] {
  const step = Math.max(Math.ceil(notes.length / historyMax), 1)
  return notes.filter((_, place) => place % step === 0 || place === notes.length - 1)
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // Missing and unreadable have the same result: the verification reports the missing part.
    return undefined
  }
}
