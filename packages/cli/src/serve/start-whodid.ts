import type { ServiceConfig } from '../config.ts'
import { loadOrCreateTokens } from '../tokens.ts'
import type { Tokens } from '../tokens.ts'
import { checkDataDir } from './check-data-dir.ts'
import { openApi } from './open-api.ts'
import { openContents, resumeCustody } from './open-contents.ts'
import { openCollector } from './open-collector.ts'
import { openLedger } from './open-ledger.ts'
import { createReadiness, openInstruments } from './readiness.ts'
import type { CollectorSlot } from './readiness.ts'
import type { OnServiceEvent } from './service-event.ts'
import type { Starting } from './starting.ts'

/** A whole Whodid, running in this process (the engine in a child of it). */
export interface RunningWhodid {
  readonly apiUrl: string
  /** The endpoint for exporters and for the SDK's `WHODID_ENDPOINT`. */
  readonly otlpUrl: string
  /** The same for exporters that speak gRPC. */
  readonly otlpGrpcUrl: string | undefined
  readonly tokens: Tokens
  /** What is missing before a span can be stored and asked about; empty when ready. */
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
 * a span can be stored and asked about. What was started is stopped again when a later step throws.
 *
 * Throws `invalid_config` (a port is taken, a file is unusable), the engine's codes, `migration_changed`, `migration_failed`.
 */
export async function startWhodid(
  config: ServiceConfig,
  onEvent: OnServiceEvent = () => {},
): Promise<RunningWhodid> {
  const stops: (() => Promise<void>)[] = []
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= stopAll(stops, onEvent))
  try {
    return await start({ config, onEvent, stops }, stop)
  } catch (thrown) {
    await stopParts(stops, onEvent)
    throw thrown
  }
}

async function start(starting: Starting, stop: () => Promise<void>): Promise<RunningWhodid> {
  const { config, onEvent } = starting
  await checkDataDir(config.dataDir, onEvent)
  const tokens = await loadOrCreateTokens(config.dataDir)
  const { access, selector } = await openLedger(starting)
  // The API starts after the collector and is stopped after it: a span on its way in can still be asked about.
  const slot: CollectorSlot = {}
  const { keys, ...held } = await openContents(starting, access, slot)
  const readiness = createReadiness(selector, slot)
  const { metrics, watch } = await openInstruments(starting, access, { slot, keys })
  const ground = { tokens, access, selector, ...held, readiness, metrics, watch }
  const api = await openApi(starting, ground)
  const collector = await openCollector(starting, access, { tokens, keys })
  slot.collector = collector
  await resumeCustody(starting, held)
  onEvent({
    event: 'ready',
    api_url: api.url,
    otlp_url: collector.url,
    otlp_grpc_url: collector.grpcUrl,
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
    stop,
  }
}

async function stopAll(stops: Starting['stops'], onEvent: OnServiceEvent): Promise<void> {
  onEvent({ event: 'stopping' })
  await stopParts(stops, onEvent)
  onEvent({ event: 'stopped' })
}

async function stopParts(stops: Starting['stops'], onEvent: OnServiceEvent): Promise<void> {
  for (const stopPart of stops.toReversed())
    await stopPart().catch((thrown: unknown) => {
      // One part that will not stop must not keep the engine from its clean end.
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `a part did not stop cleanly: ${why}` })
    })
}
