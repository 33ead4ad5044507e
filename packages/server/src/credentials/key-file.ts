import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { printableLine, WhodidError } from '@whodid/model'
import { parseVkey, ProofError } from '@whodid/tlog'
import type { NoteSigner, NoteVerifier } from '@whodid/tlog'

/**
 * Returns the text of a key's file. Where there is no file and a name is given, writes the text that `make` returns, readable by its
 * owner alone. Throws `invalid_config`, and `invalid_parameter` when the name is missing.
 */
export async function readKeyFile(
  path: string,
  name: string | undefined,
  make: (name: string) => string,
): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) throw unreadable(path, error)
  }
  if (name === undefined || name === '')
    throw new WhodidError(
      'invalid_parameter',
      `expected --name, since there is no key in "${path}" yet; got nothing`,
    )
  const text = asInvalid('--name', () => make(name))
  await writeKey(path, `${text}\n`)
  return text
}

/** Throws `invalid_config` when the key in a file has another name than the one that is given. */
export function checkName(path: string, name: string | undefined, { verifier }: NoteSigner): void {
  if (name === undefined || verifier.name === name) return
  throw new WhodidError(
    'invalid_config',
    `--name expected "${verifier.name}", the name of the key in "${path}"; got "${printableLine(name, 80)}"`,
  )
}

/** Reads a verifier key. Throws `invalid_config`, naming the option. */
export function readLogKey(option: string, vkey: string): NoteVerifier {
  return asInvalid(option, () => parseVkey(vkey))
}

/** Returns the result of `read`. Throws `invalid_config`, naming `what`, where `read` throws a `ProofError`. */
export function asInvalid<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    throw new WhodidError('invalid_config', `${what}: ${error.message}`, { cause: error })
  }
}

/** A crash leaves no file or a whole one: a key is 150 bytes, written and synced before it is used. */
async function writeKey(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function unreadable(path: string, cause: unknown): WhodidError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new WhodidError('invalid_config', `--key expected a readable file; "${path}": ${detail}`, {
    cause,
  })
}
