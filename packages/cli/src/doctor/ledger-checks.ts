import { resolveLibrary } from '@whodid/engine'
import { readMigrations } from '@whodid/store'
import { requestApi } from '../client/api-client.ts'
import type { ServiceConfig } from '../config.ts'
import type { Check } from './check.ts'
import { bad, doubtful, good } from './check.ts'

/** A clock further than this from the API's is told. */
const clockSkewMsMax = 2_000

/** Whether the embedded ClickHouse can run here. */
export function engineCheck({ ledger }: ServiceConfig): Check {
  if (ledger !== undefined) return good('engine', `ClickHouse at ${ledger.reader.url}`)
  try {
    return good('engine', `embedded ClickHouse, ${resolveLibrary()}`)
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : 'it was not found'
    return bad('engine', what, 'Set CLICKHOUSE_URL to a ClickHouse of your own.')
  }
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
