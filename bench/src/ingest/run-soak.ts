import type { BenchOptions, Measure } from '../bench.ts'
import { drawSoak } from './draw-soak.ts'
import { inBenchDir } from './in-bench-dir.ts'
import { runRound } from './run-round.ts'
import { soakAtFullLoad } from './soak-at-full-load.ts'
import type { Soak } from './soak-at-full-load.ts'
import { soakMeasures } from './soak-measures.ts'
import { startLoad } from './start-load.ts'
import { startWhodid } from './start-whodid.ts'

const batches = 200
const warmUpRounds = 2

/**
 * Holds the write path at full load for minutes and samples its memory. Draws it into `docs/performance/`, over what is
 * there.
 */
export function runSoak(options: BenchOptions): Promise<readonly Measure[]> {
  return inBenchDir((dataDir) => soakIn(dataDir, options))
}

async function soakIn(
  dataDir: string,
  { say, soakMinutes: minutes = 1 }: BenchOptions,
): Promise<readonly Measure[]> {
  const load = startLoad()
  const whodid = await startWhodid(dataDir)
  try {
    await load.prepare({ seed: 3_000, batches, gzip: false })
    const soak: Soak = { whodid, load, say }
    await warmUp(soak)
    const { samples, outcome } = await soakAtFullLoad(soak, minutes * 60)
    await drawSoak(samples)
    return soakMeasures({ samples, outcome })
  } finally {
    await Promise.all([load.stop(), whodid.stop()])
  }
}

/** A few rounds, each of other trace IDs than the soak's. */
async function warmUp({ whodid, load, say }: Soak): Promise<void> {
  for (let round = 0; round < warmUpRounds; round += 1) {
    await load.prepare({ seed: 3_000 + round, batches, gzip: false })
    const { spansPerSecond } = await runRound(whodid, load, batches)
    say(`warm-up: ${Math.round(spansPerSecond)} spans/s`)
  }
  await load.prepare({ seed: 3_100, batches, gzip: false })
}
