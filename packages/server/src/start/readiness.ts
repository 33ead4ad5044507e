import { setTimeout as sleep } from 'node:timers/promises'
import type { RegistryService } from '@whodid/api'
import { collectorMetricFamilies } from '@whodid/collector'
import type { Collector, CollectorMetrics } from '@whodid/collector'
import { WhodidError } from '@whodid/model'
import type { MetricFamily } from '@whodid/model'
import type { MonitorState } from '@whodid/verify'
import type { Selector } from '@whodid/store'
import { startExchange } from '../exchange/start-exchange.ts'
import { openRegistry } from '../registry/registry-service.ts'
import { selfCheckMetrics } from '../self-check/self-check-metrics.ts'

const pingTimeoutMs = 5_000

/** The collector, once it listens. The API listens before it, and answers while the collector opens its log. */
export type CollectorPort<Methods extends keyof Collector> = () =>
  Pick<Collector, Methods> | undefined

/** The phrase for a collector that is still starting. */
export const collectorMissing = 'the collector does not listen yet'

/**
 * Makes the probe behind `/readyz`. It resolves with the parts that are missing, a phrase each, before a span can be stored, sealed and
 * asked about.
 */
export function createReadiness(
  selector: Pick<Selector, 'ping'>,
  collector: CollectorPort<'metrics'>,
): () => Promise<readonly string[]> {
  return async () => {
    const ofStore = (await answers(selector)) ? [] : ['ClickHouse does not answer']
    const running = collector()
    return [
      ...ofStore,
      ...(running === undefined ? [collectorMissing] : missingOf(running.metrics())),
    ]
  }
}

/** The way of imported events to the collector. It throws `log_failed` until the collector listens. */
export function takeImportedBy(
  collector: CollectorPort<'takeImported'>,
): Collector['takeImported'] {
  return async (imported) => {
    const running = collector()
    if (running === undefined) throw new WhodidError('log_failed', collectorMissing)
    await running.takeImported(imported)
  }
}

/** The registry, whose records go to the collector. It throws `log_failed` until the collector listens. */
export function registryBy(collector: CollectorPort<'record'>): RegistryService {
  return openRegistry({
    record: async (records) => {
      const running = collector()
      if (running === undefined) throw new WhodidError('log_failed', collectorMissing)
      await running.record(records)
    },
    now: () => BigInt(Date.now()) * 1_000_000n,
  })
}

/** The exchange of tokens, once the collector listens, where the configuration has one. */
export interface ExchangePort {
  /** Undefined for a request that is none for it. */
  readonly fetch: (request: Request) => Promise<Response> | undefined
  /** Opens it. Throws `invalid_config`. */
  readonly open: (...parts: Parameters<typeof startExchange>) => Promise<void>
}

/** Makes the port of an exchange that is not open yet. */
export function createExchangePort(): ExchangePort {
  let issuer: Awaited<ReturnType<typeof startExchange>> = undefined
  return {
    fetch: (request) => issuer?.fetch(request),
    open: async (...parts) => {
      issuer = await startExchange(...parts)
    },
  }
}

/** The metrics of the collector and of the self-check; none before the collector listens. */
export function readMetrics(
  collector: CollectorPort<'metrics'>,
  state: () => MonitorState,
): MetricFamily[] {
  const running = collector()
  return running === undefined
    ? []
    : [...collectorMetricFamilies(running.metrics()), ...selfCheckMetrics(state())]
}

/** Seconds without a checkpoint after which nothing is sealed: an idle log writes a record of its own every 45. */
const checkpointAgeMaxS = 180

/** The parts that a listening collector lacks. A record that it does not seal is no evidence yet, and at a bound it takes no more. */
export function missingOf({
  isStoreFailing,
  sealFailure,
  checkpointAgeMs,
}: Pick<CollectorMetrics, 'isStoreFailing' | 'sealFailure' | 'checkpointAgeMs'>): string[] {
  const missing: string[] = []
  if (isStoreFailing) missing.push('ClickHouse does not take the collector’s records')
  const ageS = Math.floor(checkpointAgeMs / 1_000)
  if (sealFailure !== '') missing.push(`nothing is sealed any more: ${sealFailure}`)
  else if (ageS > checkpointAgeMaxS)
    missing.push(`nothing has been sealed for ${ageS} seconds; the log of the service says why`)
  return missing
}

async function answers(selector: Pick<Selector, 'ping'>): Promise<boolean> {
  const late = new AbortController()
  const ping = selector.ping().then(
    () => true,
    // The log of the service says why; readiness needs only that it does not answer.
    () => false,
  )
  const timeout = sleep(pingTimeoutMs, false, { signal: late.signal, ref: false }).catch(
    () => false,
  )
  const answered = await Promise.race([ping, timeout])
  late.abort()
  return answered
}
