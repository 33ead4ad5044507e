import type { Handler } from 'hono'
import { WhodidError } from '@whodid/model'
import { apiFamilies } from './api-families.ts'
import type { ApiOptions } from './api-options.ts'
import { formatMetrics, metricsMediaType } from './format-metrics.ts'
import type { GuardedApp } from './guarded-app.ts'
import type { ApiEnv } from './request-scope.ts'

/**
 * Makes what answers `/metrics`, for those who may read. It is no read of the ledger, so it is not on record. Throws
 * `forbidden` for a token that only stores.
 */
export function createMetricsHandler(
  { counts, load }: GuardedApp,
  { metrics }: ApiOptions,
): Handler<ApiEnv> {
  return (c) => {
    if (c.get('token').role === 'ingest')
      throw new WhodidError('forbidden', 'the role "ingest" may not read metrics')
    const families = [...(metrics?.() ?? []), ...apiFamilies(counts(), load.inFlight)]
    return c.body(formatMetrics(families), 200, { 'content-type': metricsMediaType })
  }
}
