import { loadOrCreateTokens } from '../credentials/tokens.ts'
import type { Tokens } from '../credentials/tokens.ts'
import { knownLogs, startWatch } from '../self-check/self-check.ts'
import {
  createExchangePort,
  createReadiness,
  readMetrics,
  registryBy,
  takeImportedBy,
} from './readiness.ts'
import { startApiPart } from './start-api.ts'
import { startCollectorPart } from './start-collector.ts'
import type { RunningCollector } from './start-collector.ts'
import { openRetention, startContentStores, startRetention } from './start-contents.ts'
import { checkDataDir, startLedger } from './start-ledger.ts'
import { startLosses } from './start-losses.ts'
import { startRevocations } from './start-revocations.ts'
import { openContext, startParts } from './startup-context.ts'
import type { Keep, OnServiceEvent, StartupContext } from './startup-context.ts'

/** A whole Whodid, running in this process (the engine in a child of it). */
export interface RunningWhodid {
  readonly apiUrl: string
  /** The endpoint for ingest clients and for the SDK's `WHODID_ENDPOINT`. */
  readonly otlpUrl: string
  /** The same for ingest clients that speak gRPC. */
  readonly otlpGrpcUrl: string | undefined
  readonly tokens: Tokens
  /** Resolves with the parts that are missing before a span can be stored and asked about; empty when ready. */
  readonly missing: () => Promise<readonly string[]>
  /** Resolves when all that is acknowledged now can be asked about. */
  readonly stored: () => Promise<void>
  /** Drains in order: the collector into ClickHouse, the API's requests under way, then the engine. Safe to call twice. */
  readonly stop: () => Promise<void>
  /** Resolves when a checkpoint covers all that is acknowledged now. */
  readonly sealed: () => Promise<void>
}

/**
 * Starts a whole Whodid: tokens, engine (unless `config.ledger` names a server), migrations, collector, API. Resolves when
 * a span can be stored and asked about. When a step throws, the parts that were started are stopped.
 *
 * Throws `invalid_config` (a port is taken, a file is unusable), `keys_command_failed`, the engine's codes, `migration_changed`, `migration_failed`.
 */
export async function startWhodid(
  config: StartupContext['config'],
  onEvent: OnServiceEvent = () => {},
): Promise<RunningWhodid> {
  const { value, stop: stopAll } = await startParts(onEvent, async (keep) => {
    return start(await openContext(config, onEvent), keep)
  })
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    onEvent({ event: 'stopping' })
    await stopAll()
    onEvent({ event: 'stopped' })
  }
  return { ...value, stop: () => (stopped ??= stop()) }
}

async function start(context: StartupContext, keep: Keep): Promise<Omit<RunningWhodid, 'stop'>> {
  const { config, onEvent } = context
  await checkDataDir(config.dataDir, onEvent)
  const tokens = await loadOrCreateTokens(config.dataDir)
  const { access, selector } = keep(await startLedger(context))
  const stores = keep(await startContentStores(context, access))
  const { keys, pruner } = stores
  const watch = keep(await startWatch(context, access.verifier, keys))
  // The API starts before the collector and stops after it: a span on its way in can still be asked about.
  let listening: RunningCollector | undefined = undefined
  const collectorPort = (): RunningCollector | undefined => listening
  const { retention, contents } = await openRetention(
    context,
    { ...stores, knownLogs: () => knownLogs(config) },
    collectorPort,
  )
  const losses = keep(startLosses(context, access.verifier, retention))
  const revocations = keep(await startRevocations(context, collectorPort))
  const exchange = createExchangePort()
  const readiness = createReadiness(selector, collectorPort)
  const api = keep(
    await startApiPart(context, {
      tokens,
      access,
      selector,
      contents,
      retention,
      losses,
      revocations,
      registry: registryBy(collectorPort),
      exchange: exchange.fetch,
      takeImported: takeImportedBy(collectorPort),
      readiness,
      metrics: () => readMetrics(collectorPort, watch.state),
      watch,
    }),
  )
  const collector = keep(await startCollectorPart(context, { access, tokens, keys, revocations }))
  await exchange.open(context, { collector, selector, revocations })
  listening = collector
  keep(await startRetention(context, retention, pruner))
  onEvent({
    event: 'ready',
    api_url: api.url,
    otlp_url: collector.url,
    otlp_grpc_url: collector.grpcUrl,
    engine_url: config.ledger === undefined ? access.reader.url : undefined,
    data_dir: config.dataDir,
  })
  return {
    apiUrl: api.url,
    otlpUrl: collector.url,
    otlpGrpcUrl: collector.grpcUrl,
    tokens,
    missing: readiness,
    stored: () => collector.stored(),
    sealed: () => collector.sealed(),
  }
}
