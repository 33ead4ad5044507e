import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { forEachUser } from './grants.ts'
import type { EngineUser } from './grants.ts'
import type { EngineCredentials } from './load-credentials.ts'
import { serverXml } from './server-xml.ts'
import { usersXml } from './users-xml.ts'

/** The values that differ from one start to the next. */
export interface ConfigParameters {
  /** 0 takes a free one. */
  readonly httpPort: number
  readonly memoryBytesMax: number
  readonly users: Readonly<Record<EngineUser, EngineCredentials>>
}

/**
 * Writes the engine's configuration under `directory`, for its owner only, and returns its path, the log's path and
 * the port. Throws as `choosePort`.
 *
 * Writes all of it at every start, under the lock, so that a file that a crash left half written is never read.
 */
export async function writeConfig(
  directory: string,
  parameters: ConfigParameters,
): Promise<{ configPath: string; logPath: string; httpPort: number }> {
  const { memoryBytesMax, users } = parameters
  const httpPort = await choosePort(parameters.httpPort)
  const configPath = join(directory, 'config.xml')
  const usersPath = join(directory, 'users.xml')
  const logPath = join(directory, 'log', 'engine.log')
  const passwords = forEachUser((user) => users[user].password)
  const config = serverXml({ httpPort, memoryBytesMax, usersPath, logPath })
  await writeFile(configPath, config, { mode: 0o600 })
  await writeFile(usersPath, usersXml(passwords), { mode: 0o600 })
  return { configPath, logPath, httpPort }
}

/**
 * Returns `port` when it is free on loopback, or a free one for 0. Throws `engine_failed` when it is taken.
 *
 * The port is free when this returns, not reserved: a process that takes it before the engine does makes the start fail.
 */
export function choosePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) => {
      reject(
        new WhodidError(
          'engine_failed',
          `"httpPort" expected a free port on 127.0.0.1; got ${port}: ${cause.message}`,
          { cause },
        ),
      )
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      const chosen = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => {
        resolve(chosen)
      })
    })
  })
}
