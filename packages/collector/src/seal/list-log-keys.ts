import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { verifyKeyChange } from '@whodid/tlog'
import type { KeyEpoch } from '@whodid/tlog'
import { systemFiles } from '../log/log-files.ts'
import { parseKeyFile, parseNextKey } from './key-file.ts'
import { keyChangesPath, parseKeyChanges } from './key-registrar.ts'
import { nextKeyPath } from './key-ring.ts'

/** The keys of one log, without their private halves. */
export interface LogKeys {
  readonly origin: string
  readonly epochs: readonly LogKey[]
  /** The key that was left for the log and that it has not taken up. */
  readonly nextVkey: string | undefined
  /** Keys that the meta-log has not acknowledged; none where there is no meta-log. */
  readonly unregistered: readonly string[]
}

/** One key of a log. */
export interface LogKey extends KeyEpoch {
  /** Whether it still signs. */
  readonly signs: boolean
  /** When it stops, in milliseconds since 1970; null while nothing follows it, and once it has stopped. */
  readonly retiresMs: number | null
}

/** The keys of every log that has some in a directory. Throws `invalid_config` for a damaged file; quotes no secret. */
export async function listLogKeys(keysDir: string): Promise<LogKeys[]> {
  const names = await systemFiles.readdir(keysDir).catch(() => [])
  const files = names.filter((name) => /^log-[^/]*(?<!\.next)\.json$/u.test(name)).toSorted()
  return Promise.all(files.map((name) => readLogKeys(keysDir, name)))
}

async function readLogKeys(keysDir: string, name: string): Promise<LogKeys> {
  const text = await systemFiles.readFile(join(keysDir, name), 'utf8')
  const origin = originOf(text, name)
  const epochs = parseKeyFile(text, origin)
  const next = await systemFiles.readFile(nextKeyPath(keysDir, origin), 'utf8').catch(() => '')
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
    // Sound: what is no text is refused below.
    const { origin } = JSON.parse(text) as { origin?: unknown }
    if (typeof origin === 'string') return origin
  } catch {
    // What does not parse must not be told: it may be the private key.
  }
  throw new WhodidError('invalid_config', `the file "${name}" expected the keys of a log`)
}
