import { requestApi } from '@whodid/client'
import type { ApiAccess } from '@whodid/client'
import { WhodidError } from '@whodid/model'
import { readApiUrl, readDataDir, readSettings } from '@whodid/server/config'
import type { Environment } from '@whodid/server/config'
import { readTokens, tokensPath } from '@whodid/server/credentials'

/**
 * `WHODID_API_URL` (default this machine's, at `WHODID_API_PORT`) and `WHODID_TOKEN`; without the latter, the investigator's
 * token of the data directory. Throws `invalid_config`, or `unauthenticated` when there is no token.
 */
export async function readApiAccess(environment: Environment): Promise<ApiAccess> {
  const apiUrl = readApiUrl(environment)
  const settings = readSettings(environment)
  const given = settings.value('token')
  if (given !== undefined) return { apiUrl, token: given, tokenSource: settings.nameOf('token') }
  const dataDir = readDataDir(environment)
  const tokens = await readTokens(dataDir)
  if (tokens !== undefined)
    return { apiUrl, token: tokens.investigator, tokenSource: tokensPath(dataDir) }
  // No data directory here usually means that nothing was started: the user reads that first.
  await requestApi({ apiUrl, token: '' }, '/healthz')
  throw new WhodidError(
    'unauthenticated',
    `WHODID_TOKEN is not set to an "investigator" token, and there is no tokens.json in ${dataDir}`,
  )
}

/** As {@link readApiAccess}, with the admin's token of the data directory where no token is set. */
export async function readAdminAccess(environment: Environment): Promise<ApiAccess> {
  const access = await readApiAccess(environment)
  if (readSettings(environment).value('token') !== undefined) return access
  const tokens = await readTokens(readDataDir(environment))
  return tokens === undefined ? access : { ...access, token: tokens.admin }
}
