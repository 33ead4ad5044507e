import { startEngine } from '@whodid/engine'
import type { BenchOptions, Measure } from '../bench.ts'
import { dirWithin, inBenchDir } from '../ingest/in-bench-dir.ts'
import { describeMachine } from '../machine.ts'
import { fillSealedLog } from './fill-sealed-log.ts'
import { measureAnswers } from './measure-answers.ts'
import { measureProofs } from './measure-proofs.ts'
import { measureSeal } from './measure-seal.ts'
import { measureVerify } from './measure-verify.ts'
import { publishProof } from './publish-proof.ts'

const rowsDefault = 1_000_000
const rowsQuick = 20_000
/** A run of so many rows is written into the page. */
const rowsWhole = 10_000_000

/**
 * What the proof costs: sealing on the way in, verifying a whole log, making a proof, and the proof in an answer. Does NOT
 * keep what it stored.
 */
export async function runProof({ quick, rowsMax, say }: BenchOptions): Promise<readonly Measure[]> {
  const machine = describeMachine()
  const wanted = rowsMax ?? (quick ? rowsQuick : rowsDefault)
  const measures = await inBenchDir(async (dataDir) => {
    const effort = quick ? { rounds: 1, batches: 8 } : { rounds: 3, batches: 120 }
    const seal = await measureSeal(dataDir, { ...effort, say })
    const own = await dirWithin(dataDir, 'verify')
    const engine = await startEngine({ dataDir: own })
    try {
      const filled = await fillSealedLog(engine, own, { wanted, say })
      say(`${filled.rows} rows are sealed`)
      const verify = await measureVerify(engine, filled, { rounds: quick ? 1 : 3, say })
      const answers = await measureAnswers(engine, filled, { dataDir: own, asks: quick ? 20 : 200 })
      return [seal, ...verify, answers, ...(await measureProofs(filled))]
    } finally {
      await engine.stop()
    }
  })
  if (wanted >= rowsWhole && !quick) await publishProof(machine, measures)
  return measures
}
