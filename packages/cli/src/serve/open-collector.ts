import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { ContentKeys } from '@whodid/content'
import type { Collector, Exporter } from '@whodid/collector'
import { createAppender } from '@whodid/store'
import type { LedgerAccess, ServiceConfig } from '../config.ts'
import { readExporters } from '../exporters.ts'
import { tokenSha256 } from '../tokens.ts'
import type { Tokens } from '../tokens.ts'
import { listenError } from './listen-error.ts'
import type { Listener } from './listen-error.ts'
import { tenantDefault } from './open-api.ts'
import type { Starting } from './starting.ts'

/** Starts the collector. Throws `invalid_config`, naming the variable of its port or the file of its exporters. */
export async function openCollector(
  { config, onEvent, stops }: Starting,
  access: LedgerAccess,
  { tokens, keys }: { readonly tokens: Tokens; readonly keys: ContentKeys },
): Promise<Collector> {
  onEvent({ event: 'starting', what: 'collector' })
  const appender = createAppender(access.writer)
  stops.push(() => appender.close())
  const collector = await startCollector({
    host: config.host,
    httpPort: config.otlpHttpPort,
    grpcPort: config.otlpGrpcPort,
    logDir: join(config.dataDir, 'log'),
    logOrigin: config.logOrigin,
    seal: {
      treeDir: join(config.dataDir, 'tlog'),
      keysDir: config.keysDir,
      witnesses: config.witnesses,
    },
    exporters: await exportersOf(config.dataDir, tokens),
    appender,
    keys,
    onEvent: ({ message }) => onEvent({ event: 'warning', message }),
  }).catch((thrown: unknown) => {
    throw listenError(thrown, listenerOf(thrown, config))
  })
  stops.push(() => collector.stop())
  onEvent({
    event: 'collector_listening',
    url: collector.url,
    port: collector.port,
    grpc_port: collector.grpcPort,
  })
  return collector
}

/** Which of the two ports the system's error is about. */
function listenerOf(thrown: unknown, config: ServiceConfig): Listener {
  const port: unknown = thrown instanceof Error ? Reflect.get(thrown, 'port') : undefined
  return port === config.otlpGrpcPort
    ? { what: 'collector', variable: 'WHODID_OTLP_GRPC_PORT', port: config.otlpGrpcPort }
    : { what: 'collector', variable: 'WHODID_OTLP_HTTP_PORT', port: config.otlpHttpPort }
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
