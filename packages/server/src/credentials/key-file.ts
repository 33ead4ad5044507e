import { printableLine, WhodidError } from '@whodid/model'
import { parseVkey, ProofError } from '@whodid/tlog'
import type { NoteSigner, NoteVerifier } from '@whodid/tlog'
import { loadOrCreateKey, systemFiles } from '@whodid/tlog-posix'

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
    return await loadOrCreateKey(systemFiles, path, {
      make: () => {
        if (name === undefined || name === '')
          throw new WhodidError(
            'invalid_parameter',
            `expected --name, since there is no key in "${path}" yet; got nothing`,
          )
        return asInvalid('--name', () => make(name))
      },
    })
  } catch (error) {
    if (error instanceof WhodidError) throw error
    throw unreadable(path, error)
  }
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

function unreadable(path: string, cause: unknown): WhodidError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new WhodidError('invalid_config', `--key expected a readable file; "${path}": ${detail}`, {
    cause,
  })
}
