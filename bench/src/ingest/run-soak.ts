import type { BenchOptions, Measure } from '../bench.ts'
import { drawSoak } from './draw-soak.ts'
import { inBenchDir } from './in-bench-dir.ts'
import { runLevel } from './run-level.ts'
import { runRound } from './run-round.ts'
import { soakAtFullLoad } from './soak-at-full-load.ts'
import type { Soak } from './soak-at-full-load.ts'
import { soakMeasures } from './soak-measures.ts'
import type { LoadLevel } from './soak-measures.ts'
import { startLoad } from './start-load.ts'
import { startWhodid } from './start-whodid.ts'

const batches = 200
const warmUpRounds = 2
const levelSecondsMax = 15
const levels = [0.25, 0.5, 0.75, 1]

/**
 * Holds the write path at full load for minutes and samples its memory; then a quarter, half, three quarters and all of
 * that load, for throughput and latency. Draws both into `docs/performance/`, over what is there.
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
    const full = await fullRate(soak)
    const { samples, outcome } = await soakAtFullLoad(soak, minutes * 60)
    const taken: LoadLevel[] = []
    for (const share of levels)
      taken.push(await runLevel(soak, share * full, Math.min(levelSecondsMax, minutes * 60)))
    const measures = soakMeasures({ samples, outcome, levels: taken })
    await drawSoak(samples, taken)
    return measures
  } finally {
    await Promise.all([load.stop(), whodid.stop()])
  }
}

/** Spans a second of the last of a few rounds, each of other trace IDs than the soak's. */
async function fullRate({ whodid, load, say }: Soak): Promise<number> {
  let full = 0
  for (let round = 0; round < warmUpRounds; round += 1) {
    await load.prepare({ seed: 3_000 + round, batches, gzip: false })
    const { spansPerSecond } = await runRound(whodid, load, batches)
    full = spansPerSecond
  }
  await load.prepare({ seed: 3_100, batches, gzip: false })
  say(`full load: ${Math.round(full)} spans/s`)
  return full
}
