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

/** 614,400 spans a round: some fifty inserts of ours, and several levels of merges over the rounds. */
const fullSize: IngestSize = {
  poolBatches: 240,
  warmUpBatches: 120,
  rounds: 3,
  batches: 1_200,
  gzipBatches: 120,
  halfLoadSeconds: 60,
  levelShares: [0.12, 0.25, 0.5, 0.75, 0.9, 1],
  levelSeconds: 12,
  fullLoadSeconds: 600,
}
const quickSize: IngestSize = {
  poolBatches: 40,
  warmUpBatches: 20,
  rounds: 1,
  batches: 40,
  gzipBatches: 10,
  halfLoadSeconds: 3,
  levelShares: [0.5, 1],
  levelSeconds: 1,
  fullLoadSeconds: 60,
}

/**
 * Compares the write path with the OpenTelemetry Collector's, in the four ways in which that is set up: everything on this
 * machine, on engines of one build, in one run. A run that is not quick takes about an hour and writes its tables and plots into docs/. Does
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
  const why = whyNoOtelcol()
  const contenders = await startContenders(dataDir, why === undefined)
  const load = startLoad()
  try {
    const size = quick ? quickSize : fullSize
    const figures = await compareIngest({ contenders, load, size, say })
    const measures = ingestMeasures(figures, why)
    if (!quick) await publishIngest({ machine, size, measures, figures })
    return measures
  } finally {
    await Promise.all([load.stop(), stopContenders(contenders)])
  }
}
