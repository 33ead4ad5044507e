import { stat, statfs } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import { requestApi } from '../client/api-client.ts'
import { readServiceConfig, readUrl } from '../config.ts'
import type { Environment, ServiceConfig } from '../config.ts'
import { readExporters } from '../exporters.ts'
import { readTokens, tokensPath } from '../tokens.ts'
import type { Tokens } from '../tokens.ts'
import { bad, doubtful, good } from './check.ts'
import type { Check } from './check.ts'
import { engineCheck, ledgerChecks } from './ledger-checks.ts'
import { portChecks } from './port-checks.ts'

const nodeRequired = [20, 19] as const
const diskBytesWarn = 5_000_000_000
const diskBytesFail = 500_000_000

/** Looks at everything and resolves with what it found, in the order to read it. Changes nothing and never rejects. */
export async function runChecks(environment: Environment): Promise<Check[]> {
  const read = readConfig(environment)
  if (read instanceof WhodidError)
    return [nodeCheck(), bad('configuration', read.message, 'Correct the variable.')]
  const apiUrl = readUrl(environment, 'WHODID_API_URL') ?? `http://127.0.0.1:${read.apiPort}`
  const tokens = await tokensOrError(read)
  const isUp = await requestApi({ apiUrl, token: '' }, '/healthz').then(
    () => true,
    () => false,
  )
  return [
    nodeCheck(),
    engineCheck(read),
    await dataDirCheck(read),
    tokensCheck(read, tokens),
    await exportersCheck(read),
    await diskCheck(read),
    ...(await portChecks(read, isUp)),
    ...(await ledgerChecks({ config: read, apiUrl, isUp })),
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

function nodeCheck(): Check {
  const version = process.versions.node
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = nodeRequired
  const isNew = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  if (isNew) return good('node', `version ${version}`)
  return bad('node', `version ${version}`, `Use Node ${nodeRequired.join('.')} or newer.`)
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

async function exportersCheck({ dataDir }: ServiceConfig): Promise<Check> {
  try {
    const exporters = await readExporters(dataDir)
    return good('exporters', `${exporters.length} named, and the ingest token`)
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : 'cannot be read'
    return bad('exporters', what, 'Correct exporters.json.')
  }
}

async function diskCheck({ dataDir }: ServiceConfig): Promise<Check> {
  const disk = await statfs(dataDir).catch(() => statfs(process.cwd()))
  const freeBytes = disk.bavail * disk.bsize
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free`
  if (freeBytes < diskBytesFail) return bad('disk', found, 'Make room: spans will be refused.')
  return freeBytes < diskBytesWarn
    ? doubtful('disk', found, 'Plan for more room.')
    : good('disk', found)
}
