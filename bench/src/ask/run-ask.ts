import { mkdir } from 'node:fs/promises'
import { startEngine } from '@whodid/engine'
import type { BenchOptions, Measure } from '../bench.ts'
import { inBenchDir } from '../ingest/in-bench-dir.ts'
import { askMeasures } from './ask-measures.ts'
import { keptLedgers } from './kept-ledgers.ts'
import { makeLedgerRuns } from './ledger-runs.ts'
import { measureSize } from './measure-size.ts'
import type { Effort, SizeResult } from './measure-size.ts'
import { publishAsk } from './publish-ask.ts'

const rowsMaxDefault = 1_000_000
const rowsQuick = 100_000
const wholeRows = 100_000_000
const whole: Effort = {
  handles: 32,
  warmPasses: 8,
  writingPasses: 3,
  crowdHandles: 200,
  crowdSeconds: 30,
}
const quickly: Effort = {
  handles: 4,
  warmPasses: 3,
  writingPasses: 1,
  crowdHandles: 12,
  crowdSeconds: 3,
}

/**
 * Fills a ledger step by step, tenfold each, keeps one at each size, and asks them one after the other: cold and warm, the last
 * also by 64 askers at once and while the collector writes at half load. To 100 million spans takes hours and some 60 GB
 * of disk, and writes the table and the plot of docs/PERFORMANCE.md; less measures and writes nothing.
 */
export async function runAsk(options: BenchOptions): Promise<readonly Measure[]> {
  const { ledgersDir } = options
  if (ledgersDir === undefined) return inBenchDir((dir) => askWithin(dir, options))
  await mkdir(ledgersDir, { recursive: true })
  return askWithin(ledgersDir, options)
}

async function askWithin(
  dir: string,
  { quick, rowsMax, fillOnly, say }: BenchOptions,
): Promise<readonly Measure[]> {
  const last = quick ? rowsQuick : (rowsMax ?? rowsMaxDefault)
  const ledgers = await keptLedgers(dir, sizesUpTo(last), say)
  if (fillOnly) return []
  const runs = makeLedgerRuns()
  const taken: SizeResult[] = []
  for (const ledger of ledgers) {
    // A started engine has read nothing yet but what it needs to start.
    const engine = await startEngine({ dataDir: ledger.dataDir, startTimeoutMs: 600_000 })
    const [busy, effort] = [ledger.size === last, quick ? quickly : whole]
    try {
      taken.push(await measureSize({ engine, ledger, runs, busy, effort, say }))
    } finally {
      await engine.stop()
    }
  }
  const measures = askMeasures(taken)
  if (last >= wholeRows) await publishAsk(taken, measures)
  return measures
}

function sizesUpTo(last: number): number[] {
  const sizes: number[] = []
  for (let size = rowsMaxDefault; size < last; size *= 10) sizes.push(size)
  return [...sizes, last]
}
