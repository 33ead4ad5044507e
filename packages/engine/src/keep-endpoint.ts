import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineCredentials } from './load-credentials.ts'
import { systemFiles, writeDurably } from '@whodid/tlog-posix'

/** Where a running engine takes SQL. */
interface Endpoint {
  readonly url: string
  readonly port: number
  /** Who may only read. */
  readonly reader: EngineCredentials
}

/**
 * Writes `endpoint.json` into the engine's directory: the URL, the port and the reader's name, without a password, for whoever has only
 * a SQL client; the port is another one at each start. Resolves with what removes it again, which never rejects.
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
