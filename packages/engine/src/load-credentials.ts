import { randomBytes } from 'node:crypto'
import { chmod, readFile } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import { forEachUser, userRights } from './grants.ts'
import type { EngineUser } from './grants.ts'
import { writeWhole } from './write-whole.ts'

/** A user of the engine, as HTTP basic authentication takes it. */
export interface EngineCredentials {
  readonly username: string
  readonly password: string
}

/** All users of the engine. */
export type EngineUsers = Readonly<Record<EngineUser, EngineCredentials>>

const passwordBytes = 32

/**
 * Reads the engine's credentials from `path`, or makes them and keeps them there, readable by their owner only.
 *
 * Called under the lock on the data directory: two starts never make two sets. Throws `invalid_config` when the file is not
 * what this function wrote; deleting it is safe, because the engine takes its users from it at every start.
 */
export async function loadCredentials(path: string): Promise<EngineUsers> {
  const kept = await readKept(path)
  if (kept !== undefined) {
    await chmod(path, 0o600)
    return kept
  }
  const made = forEachUser((user) => ({
    username: userRights[user].username,
    password: randomBytes(passwordBytes).toString('base64url'),
  }))
  await writeWhole(path, `${JSON.stringify(made, undefined, 2)}\n`)
  return made
}

async function readKept(path: string): Promise<EngineUsers | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return undefined
    throw thrown
  }
  const kept = parseJson(text)
  return forEachUser((user) => {
    const entry: unknown = field(kept, user)
    const username = field(entry, 'username')
    const password = field(entry, 'password')
    if (username !== userRights[user].username || typeof password !== 'string' || password === '') {
      throw new WhodidError(
        'invalid_config',
        `"${path}" expected a user name "${userRights[user].username}" and a password under "${user}"; got something else`,
      )
    }
    return { username, password }
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Text that is no JSON has none of the fields; the caller says so without quoting what may be half a password.
    return undefined
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
