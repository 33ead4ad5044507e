import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector, CollectorOptions } from '@whodid/collector'
import { createAppender, createLeafReader } from '@whodid/store'
import type { Appender, LeafReader } from '@whodid/store'
import { hostCheckOf } from '../config/service-config.ts'
import type { LedgerAccess } from '../config/read-ledger.ts'
import type { ServiceConfig } from '../config/service-config.ts'
import type { Tokens } from '../credentials/tokens.ts'
import { standingBy } from '../revocation/standing-by.ts'
import type { KnownStops } from '../revocation/standing-by.ts'
import { followIngestClients, ingestClientsNow } from './follow-access.ts'
import { listenError } from './start-errors.ts'
import type { Listener } from './start-errors.ts'
import { closing, startParts } from './startup-context.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** A collector that listens. */
export type RunningCollector = Collector

/** The parts that the collector uses beside the configuration. */
export interface CollectorDeps {
  readonly access: Pick<LedgerAccess, 'writer' | 'verifier'>
  readonly tokens: Tokens
  readonly keys: NonNullable<CollectorOptions['keys']>
  readonly revocations: KnownStops
}

/** Starts the collector. Throws `invalid_config`, naming the setting of its port or the file of its ingest clients. */
export function startCollectorPart(
  context: StartupContext,
  deps: CollectorDeps,
): Promise<Started<RunningCollector>> {
  const { onEvent } = context
  onEvent({ event: 'starting', what: 'collector' })
  return startParts(onEvent, async (keep) => {
    const appender = keep(closing(createAppender(deps.access.writer)))
    const rows = keep(closing(createLeafReader(deps.access.verifier, { threadsMax: 1 })))
    const collector = await listen(context, deps, { appender, rows })
    keep({ value: collector, stop: () => collector.stop() })
    keep(await followIngestClients(context, deps.tokens, collector))
    onEvent({
      event: 'collector_listening',
      url: collector.url,
      port: collector.port,
      grpc_port: collector.grpcPort,
    })
    return collector
  })
}

async function listen(
  { config, wrapping, onEvent }: StartupContext,
  { tokens, keys, revocations }: CollectorDeps,
  connections: { readonly appender: Appender; readonly rows: LeafReader },
): Promise<RunningCollector> {
  return startCollector({
    host: config.host,
    hostCheck: hostCheckOf(config),
    httpPort: config.otlpHttpPort,
    grpcPort: config.otlpGrpcPort,
    logDir: join(config.dataDir, 'log'),
    logOrigin: config.logOrigin,
    sequencer: {
      treeDir: join(config.dataDir, 'tlog'),
      keysDir: config.keysDir,
      wrapping,
      witnesses: config.witnesses,
      metaLog: config.metaLog,
    },
    ingestClients: await ingestClientsNow(config.dataDir, tokens),
    ...connections,
    keys,
    standingOf: standingBy(revocations),
    onEvent: ({ message }) => onEvent({ event: 'warning', message }),
  }).catch((thrown: unknown) => {
    throw listenError(thrown, listenerOf(thrown, config))
  })
}

/** The listener, of the two, that the system's error names. */
function listenerOf(thrown: unknown, config: ServiceConfig): Listener {
  const port: unknown = thrown instanceof Error ? Reflect.get(thrown, 'port') : undefined
  return port === config.otlpGrpcPort
    ? { what: 'collector', variable: 'WHODID_OTLP_GRPC_PORT', port: config.otlpGrpcPort }
    : { what: 'collector', variable: 'WHODID_OTLP_HTTP_PORT', port: config.otlpHttpPort }
}
