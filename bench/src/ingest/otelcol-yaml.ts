import { blockedKeys, blockedValues } from './blocked-values.ts'

/**
 * How the OpenTelemetry Collector is set up, each a contender's name:
 * - `otelcol`: what the README of its ClickHouse exporter recommends; acknowledges once a request is in its memory.
 * - `otelcol_fsync`: the same with a persistent queue that is flushed to the disk before a request is acknowledged.
 * - `otelcol_fsync_redact`: that with secrets masked too.
 * - `otelcol_tuned`: the first with larger batches, one insert at a time, no compression and no `async_insert`.
 */
export const otelcolSettings = [
  'otelcol',
  'otelcol_fsync',
  'otelcol_fsync_redact',
  'otelcol_tuned',
] as const
export type OtelcolSettings = (typeof otelcolSettings)[number]

/** Where the collector listens, what it writes to, and where its queue lies. */
export interface OtelcolPlaces {
  readonly port: number
  readonly engineUrl: string
  readonly username: string
  readonly password: string
  readonly queueDir: string
}

interface Sending {
  readonly consumers: number
  readonly rowsMin: number
  readonly flushTimeout: string
}

const recommended: Sending = { consumers: 10, rowsMin: 5_000, flushTimeout: '5s' }
const tuned: Sending = { consumers: 1, rowsMin: 38_000, flushTimeout: '1s' }

/**
 * The collector's configuration. Batching and queue are those that the exporter's README recommends; what it leaves
 * open is left at its default. Its timeout is longer than the default of 5 s: on a busy machine an insert that takes longer
 * would be sent again and stored twice, and such a round compares nothing.
 */
export function otelcolYaml(settings: OtelcolSettings, places: OtelcolPlaces): string {
  const isTuned = settings === 'otelcol_tuned'
  const isDurable = settings.startsWith('otelcol_fsync')
  const redacts = settings === 'otelcol_fsync_redact'
  const { consumers, rowsMin, flushTimeout } = isTuned ? tuned : recommended
  return `receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${places.port}
${isDurable ? storage(places.queueDir) : ''}${redacts ? redaction() : ''}exporters:
  clickhouse:
    endpoint: ${places.engineUrl}
    username: ${JSON.stringify(places.username)}
    password: ${JSON.stringify(places.password)}
    database: whodid
    timeout: 60s
${isTuned ? '    async_insert: false\n    compress: none\n' : ''}    sending_queue:
${isDurable ? '      storage: file_storage\n' : ''}      num_consumers: ${consumers}
      batch:
        min_size: ${rowsMin}
        flush_timeout: ${flushTimeout}
service:
${isDurable ? '  extensions: [file_storage]\n' : ''}  telemetry:
    logs:
      level: warn
      disable_stacktrace: true
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
${redacts ? '      processors: [redaction]\n' : ''}      exporters: [clickhouse]
`
}

function storage(queueDir: string): string {
  return `extensions:
  file_storage:
    directory: ${JSON.stringify(queueDir)}
    create_directory: true
    fsync: true
`
}

function redaction(): string {
  const list = (patterns: readonly string[]): string =>
    patterns.map((pattern) => `      - ${JSON.stringify(pattern)}\n`).join('')
  return `processors:
  redaction:
    allow_all_keys: true
    summary: silent
    blocked_key_patterns:
${list(blockedKeys)}    blocked_values:
${list(blockedValues)}`
}
