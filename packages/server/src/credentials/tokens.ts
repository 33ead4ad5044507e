import { createHash, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { syncDirectory, systemFiles } from '@whodid/tlog-posix'
import { z } from 'zod'

/** The bearer tokens of a data directory: to store spans, to read, and for everything. */
export interface Tokens {
  readonly ingest: string
  readonly investigator: string
  readonly admin: string
}

const token = z.string().regex(/^[\x21-\x7e]{16,512}$/u)
const tokensSchema = z.object({ ingest: token, investigator: token, admin: token })
const tokenBytes = 32

/** The path of the tokens' file of a data directory. */
export const tokensPath = (dataDir: string): string => join(dataDir, 'tokens.json')

/** SHA-256 of a token's text, hex: the only form in which the API and the collector hold it. */
export const tokenSha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A token nobody can guess. `kind` tells a person, and a secret scanner, what it opens. */
export const createToken = (kind: 'ing' | 'inv' | 'adm'): string =>
  `whodid_${kind}_${randomBytes(tokenBytes).toString('base64url')}`

/**
 * The tokens of a data directory, made at its first start (directory 0700, file 0600) and never changed after.
 *
 * Throws `invalid_config` for a file that does not hold three tokens. Of two first starts at one time one makes the
 * file and both use it.
 */
export async function loadOrCreateTokens(dataDir: string): Promise<Tokens> {
  const present = await readTokens(dataDir)
  if (present !== undefined) return present
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const made = {
    ingest: createToken('ing'),
    investigator: createToken('inv'),
    admin: createToken('adm'),
  }
  const draft = join(dataDir, `.tokens.${process.pid}.${randomBytes(4).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  await file.writeFile(`${JSON.stringify(made, undefined, 2)}\n`)
  await file.sync()
  await file.close()
  // Linking fails where the name is taken, so a whole file appears or none; a crash before it leaves a draft nobody reads.
  const taken = await link(draft, tokensPath(dataDir)).then(
    () => false,
    (thrown: unknown) => {
      if (codeOf(thrown) === 'EEXIST') return true
      throw thrown
    },
  )
  await unlink(draft)
  // Without this a crash may take the name away again, and with it tokens that were handed out.
  await syncDirectory(systemFiles, dataDir)
  return taken ? ((await readTokens(dataDir)) ?? made) : made
}

/** The tokens of a data directory, or undefined where there are none yet. Throws `invalid_config` for an unusable file. */
export async function readTokens(dataDir: string): Promise<Tokens | undefined> {
  const path = tokensPath(dataDir)
  try {
    return tokensSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    const reason = codeOf(thrown) ?? 'it does not hold "ingest", "investigator" and "admin"'
    throw new WhodidError('invalid_config', `${path} cannot be used: ${reason}`, { cause: thrown })
  }
}

function codeOf(thrown: unknown): string | undefined {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}
