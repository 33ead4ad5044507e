import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector, Exporter } from '@whodid/collector'
import { createAppender } from '@whodid/store'
import type { LedgerAccess } from '../config.ts'
import { readExporters } from '../exporters.ts'
import { tokenSha256 } from '../tokens.ts'
import type { Tokens } from '../tokens.ts'
import { listenError } from './listen-error.ts'
import { tenantDefault } from './open-api.ts'
import type { Starting } from './starting.ts'

/** Starts the collector. Throws `invalid_config`, naming the variable of its port or the file of its exporters. */
export async function openCollector(
  { config, onEvent, stops }: Starting,
  access: LedgerAccess,
  tokens: Tokens,
): Promise<Collector> {
  onEvent({ event: 'starting', what: 'collector' })
  const appender = createAppender(access.writer)
  stops.push(() => appender.close())
  const port = config.otlpHttpPort
  const collector = await startCollector({
    host: config.host,
    httpPort: port,
    logDir: join(config.dataDir, 'log'),
    exporters: await exportersOf(config.dataDir, tokens),
    appender,
    onEvent: ({ message }) => onEvent({ event: 'warning', message }),
  }).catch((thrown: unknown) => {
    throw listenError(thrown, { what: 'collector', variable: 'WHODID_OTLP_HTTP_PORT', port })
  })
  stops.push(() => collector.stop())
  onEvent({ event: 'collector_listening', url: collector.url, port: collector.port })
  return collector
}

/** The ingest and the admin token may speak for everyone of the default tenant; the operator names the others. */
async function exportersOf(dataDir: string, tokens: Tokens): Promise<Exporter[]> {
  const everyone = { tenant: tenantDefault, templates: '*', humans: true, services: true } as const
  const named = await readExporters(dataDir)
  return [
    { name: 'ingest', tokenSha256: tokenSha256(tokens.ingest), ...everyone },
    { name: 'admin', tokenSha256: tokenSha256(tokens.admin), ...everyone },
    ...named.map(({ token_sha256: hash, ...rest }) => ({ ...rest, tokenSha256: hash })),
  ]
}
