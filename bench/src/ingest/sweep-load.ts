import { percentile } from '../percentile.ts'
import type { Contender } from './contender.ts'
import { untilQuiet } from './run-round.ts'
import type { Load } from './start-load.ts'

/** What came of one load; rates in spans a second, times in seconds. */
export interface LoadLevel {
  /** Of the contender's own full load. */
  readonly share: number
  readonly offered: number
  readonly acknowledged: number
  readonly acknowledgeP50: number
  readonly acknowledgeP99: number
  readonly queryableP50: number
  readonly queryableP99: number
}

/** Whom to load with what was prepared, how, and how much is all it takes. */
export interface Sweep {
  readonly name: string
  readonly contender: Contender
  readonly load: Load
  /** Spans a second. */
  readonly full: number
  readonly shares: readonly number[]
  /** Seconds of each level. */
  readonly seconds: number
  readonly say: (line: string) => void
}

const connections = 32

/**
 * Offers rising shares of the full load and times them into the ledger. Ends at the first level at which what was
 * acknowledged does not come in a minute: that load is beyond what the contender takes, and the plot ends before it.
 */
export async function sweepLoad(sweep: Sweep): Promise<LoadLevel[]> {
  const levels: LoadLevel[] = []
  for (const share of sweep.shares) {
    try {
      levels.push(await runLevel(sweep, share))
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      sweep.say(`load ${sweep.name}: ended at ${percent(share)}: ${why}`)
      break
    }
    await untilQuiet(sweep.contender.sql)
  }
  return levels
}

async function runLevel(
  { name, contender: { target, probe }, load, full, seconds, say }: Sweep,
  share: number,
): Promise<LoadLevel> {
  const spansPerSecond = share * full
  const amount = { seconds }
  const order = { target, probe, connections, spansPerSecond, amount, gzip: false }
  const outcome = await load.send(order)
  const level = {
    share,
    offered: spansPerSecond,
    // The last batch is due before the end, and acknowledged at once while there is no queue.
    acknowledged: outcome.spans / Math.max(outcome.seconds, seconds),
    acknowledgeP50: percentile(outcome.acknowledgeSeconds, 0.5),
    acknowledgeP99: percentile(outcome.acknowledgeSeconds, 0.99),
    queryableP50: percentile(outcome.queryableSeconds, 0.5),
    queryableP99: percentile(outcome.queryableSeconds, 0.99),
  }
  say(
    `load ${name} ${percent(share)}: ${Math.round(spansPerSecond)} spans/s offered, ${Math.round(level.acknowledged)} acknowledged, queryable p99 ${level.queryableP99.toFixed(2)} s`,
  )
  return level
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
