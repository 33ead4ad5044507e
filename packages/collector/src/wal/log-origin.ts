import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { printableLine, WhodidError } from '@whodid/model'
import { writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'

const originPattern = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?(?:\/[a-z0-9][a-z0-9._-]{0,63}){1,4}$/u

/** The place of the log's name, and the name that is configured. */
export interface OriginOptions {
  readonly files: FilePort
  readonly dir: string
  /** The name that the operator gives; undefined for a random one. */
  readonly configured: string | undefined
  /** True when records stand under a name already. */
  readonly hasRecords: boolean
}

/**
 * The log's C2SP origin, such as `whodid.invalid/3f9c0a…`: the name that its checkpoints and every record bear. Made at the
 * first start and kept for good, for a record moved under another name has another leaf.
 *
 * Throws `invalid_config` when the configured name is malformed or differs from the one records bear, and when that one is lost.
 */
export async function loadOrigin(options: OriginOptions): Promise<string> {
  const { files, dir, configured, hasRecords } = options
  const wanted = configured === undefined ? undefined : checkOrigin(configured)
  const path = join(dir, 'origin')
  const kept = await readOrigin(files, path)
  if (kept === undefined && hasRecords)
    throw new WhodidError(
      'invalid_config',
      `the file "${path}" expected the log's origin, which stands in every checkpoint under tlog; it is missing or damaged`,
    )
  if (kept !== undefined && (wanted === undefined || wanted === kept)) return kept
  if (kept !== undefined && hasRecords)
    throw new WhodidError(
      'invalid_config',
      `WHODID_LOG_ORIGIN expected "${kept}", which the log's records bear; got "${wanted}"`,
    )
  const made = wanted ?? `whodid.invalid/${randomBytes(8).toString('hex')}`
  // A crash before this leaves the old name or none; either way no record bears the new one yet.
  await writeDurably(files, path, `${made}\n`)
  return made
}

/** Throws `invalid_config` unless the text is an origin: host-like, then one to four path elements, lower case. */
function checkOrigin(text: string): string {
  if (originPattern.test(text)) return text
  throw new WhodidError(
    'invalid_config',
    `WHODID_LOG_ORIGIN expected a name such as "ledger.example/agents/c1", lower case; got "${printableLine(text, 80)}"`,
  )
}

async function readOrigin(files: FilePort, path: string): Promise<string | undefined> {
  try {
    const text = (await files.readFile(path, 'latin1')).trim()
    return originPattern.test(text) ? text : undefined
  } catch {
    // Missing, or unreadable: the caller decides if that matters.
    return undefined
  }
}
