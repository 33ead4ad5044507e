import type { BenchOptions, Measure } from '../bench.ts'
import { describeMachine } from '../machine.ts'
import { compareIngest } from './compare-ingest.ts'
import type { IngestSize } from './compare-ingest.ts'
import { inBenchDir } from './in-bench-dir.ts'
import { ingestMeasures } from './ingest-measures.ts'
import { whyNoOtelcol } from './otelcol-program.ts'
import { publishIngest } from './publish-ingest.ts'
import { startContenders, stopContenders } from './start-contenders.ts'
import { startLoad } from './start-load.ts'

const fullSize: IngestSize = {
  rounds: 5,
  batches: 120,
  warmUpBatches: 120,
  halfLoadBatches: 200,
  levelShares: [0.12, 0.25, 0.5, 0.75, 0.9, 1],
  levelSeconds: 12,
}
const quickWhy = 'left out of --quick: its collector waits 5 s for every last batch'
const quickSize: IngestSize = {
  rounds: 1,
  batches: 8,
  warmUpBatches: 4,
  halfLoadBatches: 16,
  levelShares: [0.5, 1],
  levelSeconds: 1,
}

/**
 * Compares the write path with the OpenTelemetry Collector's and with the engine's own ceiling: everything on this
 * machine, on engines of one build, in one run. A run that is not quick writes its tables and its plot into docs/. Does
 * NOT keep what it stored.
 */
export function runIngest(options: BenchOptions): Promise<readonly Measure[]> {
  return inBenchDir((dataDir) => compareIn(dataDir, options))
}

async function compareIn(
  dataDir: string,
  { quick, say }: BenchOptions,
): Promise<readonly Measure[]> {
  const machine = describeMachine()
  const why = quick ? quickWhy : whyNoOtelcol()
  const contenders = await startContenders(dataDir, why === undefined)
  const load = startLoad()
  try {
    const size = quick ? quickSize : fullSize
    const figures = await compareIngest({ contenders, load, size, dataDir, say })
    const measures = ingestMeasures(figures, why)
    const swept = figures.contenders.filter(({ levels }) => levels.length > 0)
    if (!quick) await publishIngest({ machine, rounds: size.rounds, measures, swept })
    return measures
  } finally {
    await Promise.all([load.stop(), stopContenders(contenders)])
  }
}
