import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { choosePort } from './choose-port.ts'
import { forEachUser } from './grants.ts'
import type { EngineUser } from './grants.ts'
import type { EngineCredentials } from './load-credentials.ts'
import { serverXml } from './server-xml.ts'
import { usersXml } from './users-xml.ts'

/** What differs from one start to the next. */
export interface ConfigParameters {
  /** 0 takes a free one. */
  readonly httpPort: number
  readonly memoryBytesMax: number
  readonly users: Readonly<Record<EngineUser, EngineCredentials>>
}

/**
 * Writes the engine's configuration under `directory`, for its owner only, and says where it and the log are, and which port it
 * names. Throws as `choosePort`.
 *
 * Written anew at every start, under the lock: what a crash leaves half written is never read.
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
