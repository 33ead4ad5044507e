import type { MetricFamily, MetricSample } from '@whodid/model'

/** The media type of {@link formatMetrics}' result. */
export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8'

/** Writes measures in Prometheus' text format 0.0.4. */
export function formatMetrics(families: readonly MetricFamily[]): string {
  return families
    .map(
      ({ name, type, help, samples }) =>
        `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${samples.map((sample) => sampleLine(name, sample)).join('')}`,
    )
    .join('')
}

function sampleLine(name: string, { suffix = '', labels = {}, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`)
  const braced = pairs.length === 0 ? '' : `{${pairs.join(',')}}`
  return `${name}${suffix}${braced} ${value}\n`
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}

/** Requests refused since the start; they have no entry in the access log. */
export interface RefusalCounts {
  readonly unauthenticated: number
  readonly forbidden: number
}

/** Returns the measures of the API itself. */
export function apiMetrics(refusals: RefusalCounts, requestsInFlight: number): MetricFamily[] {
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
