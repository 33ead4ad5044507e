import { WhodidError } from '@whodid/model'
import { generateNoteKey } from '@whodid/tlog'
import { systemFiles, writeDurably } from '../log/log-files.ts'
import { formatNextKey } from './key-file.ts'
import { nextKeyPath } from './key-ring.ts'
import { listLogKeys } from './list-log-keys.ts'

/** Longest overlap: 90 days, in milliseconds. */
export const overlapMsMax = 7_776_000_000

/** Which log is to go over to a new key, and how. */
export interface KeyRequest {
  /** Directory of the private keys. */
  readonly keysDir: string
  readonly origin: string
  /** Milliseconds for which the old key goes on to sign beside the new one, 0 to {@link overlapMsMax}. */
  readonly overlapMs: number
}

/**
 * Makes a key and leaves it where the log's collector takes it up, within a second when it runs, else at its next start;
 * resolves with the verifier key. The collector puts the change on record, signed by the old key and the new.
 *
 * Throws `not_found` when the log has no key here, `invalid_parameter` for an overlap out of range and while a key that was left before has not been taken up.
 */
export async function leaveNextKey({ keysDir, origin, overlapMs }: KeyRequest): Promise<string> {
  if (!Number.isSafeInteger(overlapMs) || overlapMs < 0 || overlapMs > overlapMsMax)
    throw new WhodidError(
      'invalid_parameter',
      `the overlap expected 0 to ${overlapMsMax} ms; got ${overlapMs}`,
    )
  const log = (await listLogKeys(keysDir)).find((one) => one.origin === origin)
  if (log === undefined)
    throw new WhodidError('not_found', `"${keysDir}" holds no key of the log "${origin}"`)
  if (log.nextVkey !== undefined)
    throw new WhodidError(
      'invalid_parameter',
      `the log "${origin}" expected no other change of keys; one is waiting to be taken up`,
    )
  const { vkey, skey } = generateNoteKey(origin, 'note')
  // A crash before this leaves no key, and the log keeps its own.
  await writeDurably(
    systemFiles,
    nextKeyPath(keysDir, origin),
    formatNextKey({ vkey, skey, overlapMs }),
  )
  return vkey
}
