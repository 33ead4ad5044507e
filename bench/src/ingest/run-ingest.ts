import type { BenchOptions, Measure } from '../bench.ts'
import { compareIngest } from './compare-ingest.ts'
import type { IngestSize } from './compare-ingest.ts'
import type { Contender } from './contender.ts'
import { dirWithin, inBenchDir } from './in-bench-dir.ts'
import { ingestMeasures } from './ingest-measures.ts'
import { whyNoOtelcol } from './otelcol-program.ts'
import { startLoad } from './start-load.ts'
import { startOtelcol } from './start-otelcol.ts'
import { startWhodid } from './start-whodid.ts'

const fullSize: IngestSize = { rounds: 5, batches: 120, warmUpBatches: 120, halfLoadBatches: 200 }
const quickWhy = 'left out of --quick: its collector waits 5 s for every last batch'
const quickSize: IngestSize = { rounds: 1, batches: 8, warmUpBatches: 4, halfLoadBatches: 16 }

/**
 * Compares the write path with the OpenTelemetry Collector's and with the engine's own ceiling: everything on this
 * machine, on engines of one build, in one run. Does NOT keep what it stored.
 */
export function runIngest(options: BenchOptions): Promise<readonly Measure[]> {
  return inBenchDir((dataDir) => compareIn(dataDir, options))
}

async function compareIn(
  dataDir: string,
  { quick, say }: BenchOptions,
): Promise<readonly Measure[]> {
  const why = quick ? quickWhy : whyNoOtelcol()
  const contenders = new Map<string, Contender>()
  const load = startLoad()
  try {
    const start = async (name: string, by: (dir: string) => Promise<Contender>): Promise<void> => {
      contenders.set(name, await by(await dirWithin(dataDir, name)))
    }
    await start('whodid', startWhodid)
    if (why === undefined) await start('otelcol', (own) => startOtelcol(own, 'recommended'))
    if (why === undefined) await start('otelcol_tuned', (own) => startOtelcol(own, 'tuned'))
    const size = quick ? quickSize : fullSize
    const figures = await compareIngest({ contenders, load, size, dataDir, say })
    return ingestMeasures(figures, why)
  } finally {
    await Promise.all([
      load.stop(),
      ...[...contenders.values()].map((contender) => contender.stop()),
    ])
  }
}
