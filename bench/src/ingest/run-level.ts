import { percentile } from '../percentile.ts'
import type { Soak } from './soak-at-full-load.ts'
import type { LoadLevel } from './soak-measures.ts'

const connections = 32
const batches = 200

/** Offers so many spans a second for so many seconds, and times them into the ledger. */
export async function runLevel(
  { whodid, load, say }: Soak,
  spansPerSecond: number,
  seconds: number,
): Promise<LoadLevel> {
  await load.prepare({ seed: 4_000 + Math.round(spansPerSecond), batches, gzip: false })
  const { target, probe } = whodid
  const outcome = await load.send({
    target,
    probe,
    connections,
    spansPerSecond,
    seconds,
  })
  const level = {
    offered: spansPerSecond,
    acknowledged: outcome.spans / outcome.seconds,
    acknowledgeP99: percentile(outcome.acknowledgeSeconds, 0.99),
    queryableP50: percentile(outcome.queryableSeconds, 0.5),
    queryableP99: percentile(outcome.queryableSeconds, 0.99),
  }
  say(JSON.stringify(level))
  return level
}
