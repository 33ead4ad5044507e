import { stat } from 'node:fs/promises'
import { resolveLibrary } from '@whodid/engine'
import { WhodidError } from '@whodid/model'
import { readMigrations } from '@whodid/store'
import { readApiUrl, readServiceConfig } from '../config/service-config.ts'
import type { ServiceConfig } from '../config/service-config.ts'
import type { Environment } from '../config/read-settings.ts'
import { readIngestClients } from '../credentials/access-lists.ts'
import { readTokens, tokensPath } from '../credentials/tokens.ts'
import type { Tokens } from '../credentials/tokens.ts'
import { bad, diskCheck, doubtful, good, nodeCheck, portChecks } from './machine-checks.ts'
import type { Check } from './machine-checks.ts'

/** Requests a path of the API, and resolves with the answer, whose status is 200. Throws for every other outcome. */
export type RequestPath = (apiUrl: string, path: '/healthz' | '/readyz') => Promise<Response>

/** The largest difference between this clock and the API's, in milliseconds, that is no doubt. */
const clockSkewMsMax = 2_000

/** Runs every check and resolves with the results, in the order to read them. Changes nothing and never rejects. */
export async function runChecks(environment: Environment, request: RequestPath): Promise<Check[]> {
  const read = readConfig(environment)
  if (read instanceof WhodidError)
    return [nodeCheck(), bad('configuration', read.message, 'Correct the variable.')]
  const apiUrl = readApiUrl(environment)
  const tokens = await tokensOrError(read)
  const isUp = await request(apiUrl, '/healthz').then(
    () => true,
    () => false,
  )
  return [
    nodeCheck(),
    engineCheck(read),
    await dataDirCheck(read),
    tokensCheck(read, tokens),
    await ingestClientsCheck(read),
    await diskCheck(read),
    ...(await portChecks(read, isUp)),
    ...(await serviceChecks(apiUrl, isUp, request)),
  ]
}

function readConfig(environment: Environment): ServiceConfig | WhodidError {
  try {
    return readServiceConfig(environment)
  } catch (thrown) {
    if (thrown instanceof WhodidError) return thrown
    throw thrown
  }
}

async function dataDirCheck({ dataDir }: ServiceConfig): Promise<Check> {
  const found = await stat(dataDir).catch(() => undefined)
  if (found === undefined)
    return doubtful(
      'data directory',
      `${dataDir} is not there`,
      'The first `whodid serve` makes it; or set WHODID_DATA_DIR.',
    )
  if (!found.isDirectory())
    return bad('data directory', `${dataDir} is no directory`, 'Set WHODID_DATA_DIR.')
  if ((found.mode & 0o077) !== 0)
    return doubtful(
      'data directory',
      `${dataDir} can be entered by other users`,
      `chmod 700 ${dataDir}`,
    )
  return good('data directory', `${dataDir}, closed to others`)
}

async function tokensOrError(config: ServiceConfig): Promise<Tokens | WhodidError | undefined> {
  try {
    return await readTokens(config.dataDir)
  } catch (thrown) {
    if (thrown instanceof WhodidError) return thrown
    throw thrown
  }
}

function tokensCheck(config: ServiceConfig, tokens: Tokens | WhodidError | undefined): Check {
  if (tokens instanceof WhodidError)
    return bad('tokens', tokens.message, 'Restore the file, or move it away and start again.')
  return tokens === undefined
    ? doubtful('tokens', 'none yet', 'The first `whodid serve` makes them.')
    : good('tokens', tokensPath(config.dataDir))
}

async function ingestClientsCheck({ dataDir }: ServiceConfig): Promise<Check> {
  try {
    const clients = await readIngestClients(dataDir)
    return good('exporters', `${clients.length} named, and the ingest token`)
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : 'cannot be read'
    return bad('exporters', what, 'Correct exporters.json.')
  }
}

/** Checks that the embedded ClickHouse can run here. */
function engineCheck({ ledger }: ServiceConfig): Check {
  if (ledger !== undefined) return good('engine', `ClickHouse at ${ledger.reader.url}`)
  try {
    return good('engine', `embedded ClickHouse, ${resolveLibrary()}`)
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : 'it was not found'
    return bad('engine', what, 'Set CLICKHOUSE_URL to a ClickHouse of your own.')
  }
}

/** Checks a running Whodid; a single check when none runs. */
async function serviceChecks(
  apiUrl: string,
  isUp: boolean,
  request: RequestPath,
): Promise<Check[]> {
  if (!isUp) return [doubtful('service', `nothing answers at ${apiUrl}`, 'Start it: npm start')]
  try {
    const response = await request(apiUrl, '/readyz')
    const { length } = await readMigrations()
    return [
      good('service', `ready at ${apiUrl}`),
      // A service that is ready has applied every migration it knows.
      good('migrations', `${length} applied`),
      clockCheck(response),
    ]
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : 'not ready'
    return [bad('service', what, 'Look at what `whodid serve` printed, and at engine/log.')]
  }
}

function clockCheck(response: Response): Check {
  const theirs = Date.parse(response.headers.get('date') ?? '')
  // The header counts whole seconds, so it lies up to one behind.
  const skewMs = Math.abs(Date.now() - theirs - 500)
  if (Number.isNaN(skewMs)) return doubtful('clock', 'the API names no time', 'See to a proxy.')
  return skewMs <= clockSkewMsMax
    ? good('clock', 'agrees with the API’s')
    : doubtful('clock', `${Math.round(skewMs / 1000)} s from the API’s`, 'Synchronise the clocks.')
}
