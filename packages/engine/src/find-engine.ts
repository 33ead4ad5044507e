import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemFiles, writeDurably } from '@whodid/tlog-posix'
import type { EngineUser } from './grants.ts'
import { loadCredentials } from './load-credentials.ts'
import type { EngineCredentials } from './load-credentials.ts'

/** An engine that another process has started. */
export interface FoundEngine {
  readonly url: string
  readonly users: Readonly<Record<EngineUser, EngineCredentials>>
}

const answerMsMax = 5_000

/** Finds the engine that runs on a data directory; undefined when none does, or when it does not answer. */
export async function findEngine(dataDir: string): Promise<FoundEngine | undefined> {
  const directory = join(resolve(dataDir), 'engine')
  const config = await readFile(join(directory, 'config.xml'), 'utf8').catch(() => '')
  const port = /<http_port>(\d+)<\/http_port>/u.exec(config)?.[1]
  if (port === undefined) return undefined
  const users = await loadCredentials(join(directory, 'credentials.json'))
  const url = `http://127.0.0.1:${port}`
  const { username, password } = users.reader
  try {
    const answer = await fetch(`${url}/?query=SELECT%201`, {
      headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
      signal: AbortSignal.timeout(answerMsMax),
    })
    // Another server may have taken the port: it does not know the password.
    return answer.ok ? { url, users } : undefined
  } catch {
    return undefined
  }
}

/** The endpoint at which a running engine takes SQL. */
interface Endpoint {
  readonly url: string
  readonly port: number
  /** The user that may only read. */
  readonly reader: EngineCredentials
}

/**
 * Writes `endpoint.json` into the engine's directory: the URL, the port and the reader's name, without a password, for users who
 * have only a SQL client; the port differs at each start. Resolves with a function that removes the file and never rejects.
 */
export async function keepEndpoint(
  directory: string,
  { url, port, reader }: Endpoint,
): Promise<() => Promise<void>> {
  const path = join(directory, 'endpoint.json')
  const told = { url, port, database: 'whodid', username: reader.username }
  await writeDurably(systemFiles, path, `${JSON.stringify(told, undefined, 2)}\n`)
  return async () => {
    try {
      await rm(path, { force: true })
    } catch {
      // A file that stays behind names a port where nobody listens; the next start writes it anew.
    }
  }
}
