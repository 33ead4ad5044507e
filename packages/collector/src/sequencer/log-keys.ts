import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { verifyKeyChange, generateNoteKey } from '@whodid/tlog'
import type { KeyEpoch } from '@whodid/tlog'
import { plainKeys, readIfThere, systemFiles, writeDurably } from '@whodid/tlog-posix'
import type { KeyWrapping } from '@whodid/tlog-posix'
import { parseKeyFile, parseNextKey, formatNextKey } from './key-file.ts'
import { keyChangesPath, parseKeyChanges } from './key-registrar.ts'
import { nextKeyPath } from './key-ring.ts'

/** The keys of one log, without their private halves. */
export interface LogKeys {
  readonly origin: string
  readonly epochs: readonly LogKey[]
  /** The key that was left for the log and that it has not taken up. */
  readonly nextVkey: string | undefined
  /** Keys that the checkpoint log has not acknowledged; none where there is no checkpoint log. */
  readonly unregistered: readonly string[]
}

/** One key of a log. */
export interface LogKey extends KeyEpoch {
  /** True when it still signs. */
  readonly signs: boolean
  /** The time at which it stops, in milliseconds since 1970; null while nothing follows it, and once it has stopped. */
  readonly retiresMs: number | null
}

/** The keys of every log that has some in a directory. Throws `invalid_config` for a damaged file; quotes no secret. */
export async function listLogKeys(
  keysDir: string,
  wrapping: KeyWrapping = plainKeys,
): Promise<LogKeys[]> {
  const names = await systemFiles.readdir(keysDir).catch(() => [])
  const files = names.filter((name) => /^log-[^/]*(?<!\.next)\.json$/u.test(name)).toSorted()
  return Promise.all(files.map((name) => readLogKeys(keysDir, name, wrapping)))
}

async function readLogKeys(keysDir: string, name: string, wrapping: KeyWrapping): Promise<LogKeys> {
  const read = async (path: string): Promise<string> => {
    const bytes = await readIfThere(systemFiles, path)
    return bytes === undefined ? '' : wrapping.unwrap(path, bytes).toString('utf8')
  }
  const text = await read(join(keysDir, name))
  const origin = originOf(text, name)
  const epochs = parseKeyFile(text, origin)
  const next = await read(nextKeyPath(keysDir, origin))
  const changes = await systemFiles
    .readFile(keyChangesPath(keysDir, origin), 'utf8')
    .catch(() => '')
  return {
    origin,
    unregistered: (parseKeyChanges(changes) ?? []).map((note) => verifyKeyChange(note).newVkey),
    epochs: epochs.map(({ vkey, fromSize, toSize, retiresMs, skey }) => ({
      vkey,
      fromSize,
      toSize,
      retiresMs,
      signs: skey !== '',
    })),
    nextVkey: next === '' ? undefined : parseNextKey(next, origin).vkey,
  }
}

function originOf(text: string, name: string): string {
  try {
    // Sound: a value that is no text is refused below.
    const { origin } = JSON.parse(text) as { origin?: unknown }
    if (typeof origin === 'string') return origin
  } catch {
    // The text that does not parse must not be quoted: it may be the private key.
  }
  throw new WhodidError('invalid_config', `the file "${name}" expected the keys of a log`)
}

/** Longest overlap: 90 days, in milliseconds. */
export const overlapMsMax = 7_776_000_000

/** A log that is to go over to a new key, and the overlap. */
export interface KeyRequest {
  /** Directory of the private keys. */
  readonly keysDir: string
  /** The form that they have on the disk; default plain. */
  readonly wrapping?: KeyWrapping
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
export async function leaveNextKey({
  keysDir,
  wrapping = plainKeys,
  origin,
  overlapMs,
}: KeyRequest): Promise<string> {
  if (!Number.isSafeInteger(overlapMs) || overlapMs < 0 || overlapMs > overlapMsMax)
    throw new WhodidError(
      'invalid_parameter',
      `the overlap expected 0 to ${overlapMsMax} ms; got ${overlapMs}`,
    )
  const log = (await listLogKeys(keysDir, wrapping)).find((one) => one.origin === origin)
  if (log === undefined)
    throw new WhodidError('not_found', `"${keysDir}" holds no key of the log "${origin}"`)
  if (log.nextVkey !== undefined)
    throw new WhodidError(
      'invalid_parameter',
      `the log "${origin}" expected no other change of keys; one is waiting to be taken up`,
    )
  const { vkey, skey } = generateNoteKey(origin, 'note')
  // A crash before this leaves no key, and the log keeps its own.
  const path = nextKeyPath(keysDir, origin)
  await writeDurably(
    systemFiles,
    path,
    wrapping.wrap(path, formatNextKey({ vkey, skey, overlapMs })),
  )
  return vkey
}
