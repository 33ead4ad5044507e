import { readDataDir, setting } from '../config.ts'
import type { Environment } from '../config.ts'
import { readTokens } from '../tokens.ts'
import { readApiAccess } from './api-client.ts'
import type { ApiAccess } from './api-client.ts'

/** As `readApiAccess`, with the admin's token where the environment names none. */
export async function readAdminAccess(environment: Environment): Promise<ApiAccess> {
  const access = await readApiAccess(environment)
  if (setting(environment, 'WHODID_TOKEN') !== undefined) return access
  const tokens = await readTokens(readDataDir(environment))
  return tokens === undefined ? access : { ...access, token: tokens.admin }
}
