import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { ContentKeys } from '@whodid/content'
import type { Collector } from '@whodid/collector'
import { createAppender, createLeafReader } from '@whodid/store'
import { hostCheckOf } from '../config.ts'
import type { LedgerAccess, ServiceConfig } from '../config.ts'
import type { Tokens } from '../tokens.ts'
import { exportersNow, followExporters } from './follow-exporters.ts'
import { listenError } from './listen-error.ts'
import type { Listener } from './listen-error.ts'
import type { Starting } from './starting.ts'

/** Starts the collector. Throws `invalid_config`, naming the variable of its port or the file of its exporters. */
export async function openCollector(
  starting: Starting,
  access: LedgerAccess,
  { tokens, keys }: { readonly tokens: Tokens; readonly keys: ContentKeys },
): Promise<Collector> {
  const { config, onEvent, stops } = starting
  onEvent({ event: 'starting', what: 'collector' })
  const appender = createAppender(access.writer)
  stops.push(() => appender.close())
  const rows = createLeafReader(access.verifier, { threadsMax: 1 })
  stops.push(() => rows.close())
  const collector = await startCollector({
    host: config.host,
    hostCheck: hostCheckOf(config),
    httpPort: config.otlpHttpPort,
    grpcPort: config.otlpGrpcPort,
    logDir: join(config.dataDir, 'log'),
    logOrigin: config.logOrigin,
    sequencer: {
      treeDir: join(config.dataDir, 'tlog'),
      keysDir: config.keysDir,
      witnesses: config.witnesses,
      metaLog: config.metaLog,
    },
    ingestClients: await exportersNow(config.dataDir, tokens),
    appender,
    rows,
    keys,
    onEvent: ({ message }) => onEvent({ event: 'warning', message }),
  }).catch((thrown: unknown) => {
    throw listenError(thrown, listenerOf(thrown, config))
  })
  stops.push(() => collector.stop())
  await followExporters(starting, tokens, collector)
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
