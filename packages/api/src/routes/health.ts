import { createRoute, z } from '@hono/zod-openapi'
import { WhodidError } from '@whodid/model'
import type { MetricFamily } from '@whodid/model'
import { apiMetrics, formatMetrics, metricsMediaType } from '../metrics/api-metrics.ts'
import type { RefusalCounts } from '../metrics/api-metrics.ts'
import {
  answered,
  everyRoute,
  openSecurity,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

/** `GET /healthz` */
export const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'health',
  summary: 'Is the process alive?',
  security: openSecurity,
  responses: {
    ...answered('It is', z.object({ status: z.literal('ok') })),
    ...problems(...everyRoute),
  },
})

/** Answers healthRoute: the process answers, so it is alive. */
export const answerHealth: Handler<typeof healthRoute> = (c) =>
  c.json({ status: 'ok' as const }, 200)

/** `GET /readyz` */
export const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'ready',
  summary: 'Can a span be stored and asked about?',
  security: openSecurity,
  responses: {
    ...answered('It can', z.object({ status: z.literal('ready') })),
    ...problems(...everyRoute, 'store_unavailable'),
  },
})

/** Answers readyRoute. `readiness` resolves with what is missing, a phrase each. */
export function answerReady(
  readiness: () => Promise<readonly string[]>,
): Handler<typeof readyRoute> {
  return async (c) => {
    const missing = await readiness()
    if (missing.length > 0)
      throw new WhodidError('store_unavailable', `not ready: ${missing.join('; ')}`)
    return c.json({ status: 'ready' as const }, 200)
  }
}

/** `GET /metrics` */
export const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  summary: 'What the service measures',
  description:
    'In Prometheus’ text format. For a token that may read; it is no read of the ledger, so it is not on record.',
  security,
  responses: {
    200: {
      description: 'The measures',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(...everyRoute, 'unauthenticated'),
  },
})

/** The measures that `/metrics` shows. */
export interface MetricsDeps {
  /** The measures of the service around the API; default none. */
  readonly metrics?: (() => readonly MetricFamily[]) | undefined
  readonly counts: () => RefusalCounts
  readonly load: { readonly inFlight: number }
}

/**
 * Answers metricsRoute, for tokens that may read. It is no read of the ledger, so it is not recorded. Throws `forbidden` for
 * an ingest token.
 */
export function answerMetrics({
  metrics,
  counts,
  load,
}: MetricsDeps): Handler<typeof metricsRoute> {
  return (c) => {
    if (c.get('token').role === 'ingest')
      throw new WhodidError('forbidden', 'the role "ingest" may not read metrics')
    const families = [...(metrics?.() ?? []), ...apiMetrics(counts(), load.inFlight)]
    return c.text(formatMetrics(families), 200, { 'content-type': metricsMediaType })
  }
}
