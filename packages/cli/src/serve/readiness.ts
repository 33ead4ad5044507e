import { setTimeout as sleep } from 'node:timers/promises'
import { collectorMetricFamilies } from '@whodid/collector'
import type { Collector, CollectorMetrics } from '@whodid/collector'
import type { ContentKeys } from '@whodid/content'
import type { Selector } from '@whodid/store'
import type { LedgerAccess } from '../config.ts'
import { readTrust } from '@whodid/verify'
import { startSelfCheck } from './self-check.ts'
import type { ApiGround } from './open-api.ts'
import { selfCheckFamilies } from './self-check-families.ts'
import type { Starting } from './starting.ts'

/** Where the collector stands once it listens. */
export interface CollectorSlot {
  collector?: Collector
}

const pingTimeoutMs = 5_000

/**
 * Makes the probe behind `/readyz`, for after the migrations: it resolves with what is missing, a phrase each, before a
 * span can be stored, sealed and asked about.
 */
export function createReadiness(
  selector: Selector,
  slot: CollectorSlot,
): () => Promise<readonly string[]> {
  return async () => {
    const missing: string[] = []
    if (!(await answers(selector))) missing.push('ClickHouse does not answer')
    const running = slot.collector
    if (running === undefined) missing.push('the collector does not listen yet')
    else missing.push(...missingOf(running.metrics()))
    return missing
  }
}

/** Seconds without a checkpoint that tell that nothing is sealed: an idle log writes a record of its own every 45. */
const checkpointAgeMaxS = 180

/** What a collector lacks that listens. What it takes and does not seal is no evidence yet, and at a bound it takes no more. */
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

/** What tells how the service stands: the collector's measures, none before it listens, and the self-check. */
type Instruments = Pick<ApiGround, 'metrics' | 'watch'>

/** Starts the self-check, and makes what tells of it. Throws `invalid_config` for a file that is no policy. */
export async function openInstruments(
  starting: Starting,
  access: LedgerAccess,
  { slot, keys }: { readonly slot: CollectorSlot; readonly keys: ContentKeys },
): Promise<Instruments> {
  const policy = await readTrust(starting.config)
  const state = startSelfCheck(starting, access, { policy, keys })
  const metrics: Instruments['metrics'] = () =>
    slot.collector === undefined
      ? []
      : [...collectorMetricFamilies(slot.collector.metrics()), ...selfCheckFamilies(state())]
  return { metrics, watch: { policy, state } }
}

async function answers(selector: Selector): Promise<boolean> {
  const late = new AbortController()
  const ping = selector.ping().then(
    () => true,
    // Why is the log's to say; that it does not answer is all that readiness needs.
    () => false,
  )
  const timeout = sleep(pingTimeoutMs, false, { signal: late.signal, ref: false }).catch(
    () => false,
  )
  const answered = await Promise.race([ping, timeout])
  late.abort()
  return answered
}
