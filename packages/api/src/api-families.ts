import type { MetricFamily } from '@whodid/model'
import type { RefusalCounts } from './api-options.ts'

/** What the API measures of itself. */
export function apiFamilies(refusals: RefusalCounts, requestsInFlight: number): MetricFamily[] {
  return [
    {
      name: 'whodid_api_refusals_total',
      type: 'counter',
      help: 'Requests to the API refused for want of a token or of its role, by error code.',
      samples: Object.entries<number>({ ...refusals }).map(([code, value]) => ({
        value,
        labels: { code },
      })),
    },
    {
      name: 'whodid_api_requests_in_flight',
      type: 'gauge',
      help: 'Requests to the API under way.',
      samples: [{ value: requestsInFlight }],
    },
  ]
}
