import type { BenchOptions, Measure } from '../bench.ts'
import { drawSoak } from './draw-soak.ts'
import { holdFullLoad } from './hold-full-load.ts'
import { inBenchDir } from './in-bench-dir.ts'
import { runRound } from './run-round.ts'
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
  const contender = await startWhodid(dataDir)
  try {
    await load.prepare({ seed: 3_000, batches, gzip: false })
    for (let round = 0; round < warmUpRounds; round += 1) {
      const { spansPerSecond } = await runRound(contender, { load, batches, gzip: false })
      say(`warm-up: ${Math.round(spansPerSecond)} spans/s`)
    }
    const soak = await holdFullLoad({ contender, load, seconds: minutes * 60, say })
    await drawSoak(soak.samples)
    return soakMeasures(soak)
  } finally {
    await Promise.all([load.stop(), contender.stop()])
  }
}
