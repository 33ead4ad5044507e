import { randomBytes } from 'node:crypto'
import { chmod, readFile } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import { forEachUser, userRights } from './grants.ts'
import type { EngineUser } from './grants.ts'
import { systemFiles, writeDurably } from '@whodid/tlog-posix'

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
 * A user that the file does not name, because an older version wrote it, gets a password, and the others keep theirs.
 *
 * Called under the lock on the data directory: two starts never make two sets. Throws `invalid_config` when this function
 * did not write the file; deleting it is safe, because the engine takes its users from it at every start.
 */
export async function loadCredentials(path: string): Promise<EngineUsers> {
  const kept = await readKept(path)
  const users = forEachUser((user) => kept[user] ?? makeCredentials(user))
  if (Object.keys(users).every((user) => Object.hasOwn(kept, user))) await chmod(path, 0o600)
  else await writeDurably(systemFiles, path, `${JSON.stringify(users, undefined, 2)}\n`)
  return users
}

function makeCredentials(user: EngineUser): EngineCredentials {
  return {
    username: userRights[user].username,
    password: randomBytes(passwordBytes).toString('base64url'),
  }
}

/** The users that the file names; none where there is no file. */
async function readKept(path: string): Promise<Partial<EngineUsers>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return {}
    throw thrown
  }
  const kept = parseJson(text)
  const users: Partial<Record<EngineUser, EngineCredentials>> = {}
  forEachUser((user) => {
    const entry: unknown = field(kept, user)
    // The writer was there from the first version on: a file without it was not written by us.
    if (entry === undefined && user !== 'writer') return
    const username = field(entry, 'username')
    const password = field(entry, 'password')
    if (username !== userRights[user].username || typeof password !== 'string' || password === '') {
      throw new WhodidError(
        'invalid_config',
        `"${path}" expected a user name "${userRights[user].username}" and a password under "${user}"; got something else`,
      )
    }
    users[user] = { username, password }
  })
  return users
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Text that is no JSON has none of the fields; the caller reports that without quoting it: it may hold part of a password.
    return undefined
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
