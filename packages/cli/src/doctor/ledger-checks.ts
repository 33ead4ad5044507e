import { requestApi } from '../client/api-client.ts'
import type { ServiceConfig } from '../config.ts'
import type { Check } from './check.ts'
import { bad, doubtful, good } from './check.ts'

/** A clock further than this from the API's is told. */
const clockSkewMsMax = 2_000

/** Platforms that the embedded ClickHouse is published for. */
const enginePlatforms: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
]

/** Whether the embedded ClickHouse can run here. */
export function engineCheck({ ledger }: ServiceConfig): Check {
  if (ledger !== undefined) return good('engine', `ClickHouse at ${ledger.reader.url}`)
  const platform = `${process.platform}-${process.arch}`
  return enginePlatforms.includes(platform)
    ? good('engine', `embedded ClickHouse for ${platform}`)
    : bad('engine', `no embedded ClickHouse for ${platform}`, 'Set CLICKHOUSE_URL.')
}

/** What a running Whodid says of itself; one check when none runs. */
export async function ledgerChecks(where: {
  readonly config: ServiceConfig
  readonly apiUrl: string
  readonly isUp: boolean
}): Promise<Check[]> {
  const { apiUrl, isUp } = where
  if (!isUp) return [doubtful('service', `nothing answers at ${apiUrl}`, 'Start it: npm start')]
  try {
    const response = await requestApi({ apiUrl, token: '' }, '/readyz')
    return [good('service', `ready at ${apiUrl}`), clockCheck(response)]
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
