import type { Engine } from '@whodid/engine'

/** `recommended`: what its README says. `tuned`: what Whodid does too, so larger batches, no compression, no engine's buffer. */
export type OtelcolSettings = 'recommended' | 'tuned'

interface Yaml {
  readonly engine: Engine
  readonly port: number
  readonly settings: OtelcolSettings
}

/**
 * The collector's configuration. The batching and the queue are those that the exporter's README recommends; what it leaves
 * open is left at its default. Its timeout is longer than the default of 5 s: on a busy machine an insert that takes longer
 * would be sent again and stored twice, and such a round compares nothing.
 */
export function otelcolYaml({ engine, port, settings }: Yaml): string {
  const { username, password } = engine.users.migrator
  const tuned = settings === 'tuned'
  return `receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${port}
exporters:
  clickhouse:
    endpoint: ${engine.url}
    username: ${JSON.stringify(username)}
    password: ${JSON.stringify(password)}
    database: whodid
    timeout: 60s
${tuned ? '    async_insert: false\n    compress: none\n' : ''}    sending_queue:
      num_consumers: ${tuned ? 1 : 10}
      batch:
        min_size: ${tuned ? 38_000 : 5_000}
        flush_timeout: ${tuned ? '1s' : '5s'}
service:
  telemetry:
    logs:
      level: warn
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [clickhouse]
`
}
