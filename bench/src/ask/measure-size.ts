import type { Engine } from '@whodid/engine'
import type { Handle } from '@whodid/model'
import { percentile } from '../percentile.ts'
import type { KeptLedger } from './kept-ledgers.ts'
import type { LedgerRuns } from './ledger-runs.ts'
import { measureBusy } from './measure-busy.ts'
import type { BusyEffort, BusyResult } from './measure-busy.ts'
import { askedKinds, sampleHandles } from './sample-handles.ts'
import { countParts, countSpans } from './settle-ledger.ts'
import { startAsking } from './start-asking.ts'
import { timeQuestions } from './time-questions.ts'
import type { Latency, TimedQuestions } from './time-questions.ts'

/** What was measured of one kind of handle. */
export interface KindLatency {
  readonly kind: Handle['kind']
  /** Each handle's first question, right after the engine was started. */
  readonly cold: Latency
  readonly warm: Latency
  /** Milliseconds of `SELECT 1`, beside the warm questions. */
  readonly selectOneP50: number
}

/** What was measured with so many spans stored. */
export interface SizeResult {
  /** How many were wanted, and how many there were when the measuring began. */
  readonly size: number
  readonly rows: number
  readonly parts: Awaited<ReturnType<typeof countParts>>
  readonly kinds: readonly KindLatency[]
  /** Of all warm questions of every kind, in milliseconds. */
  readonly loneP50: number
  /** CPU of a warm question of the API's process and of the engine, in milliseconds; the mean of all. */
  readonly apiCpuMs: number
  readonly engineCpuMs: number
  /** With a crowd, and while the collector wrote; undefined where that was not measured. */
  readonly busy: BusyResult | undefined
}

/** How much is asked. */
export interface Effort extends BusyEffort {
  readonly warmPasses: number
}

/** Which ledger, and how to measure it; `busy`: also with a crowd, and while the collector writes. */
export interface SizeOrder {
  readonly engine: Engine
  readonly ledger: KeptLedger
  readonly runs: LedgerRuns
  readonly busy: boolean
  readonly effort: Effort
  readonly say: (line: string) => void
}

/** Measures every kind of handle on the ledger as it stands. */
export async function measureSize(order: SizeOrder): Promise<SizeResult> {
  const { engine, ledger, runs, effort, say } = order
  const { turns, dataDir, size } = ledger
  const [rows, parts] = [await countSpans(engine), await countParts(engine)]
  const asking = await startAsking(engine, dataDir)
  try {
    const kinds: KindLatency[] = []
    const all: TimedQuestions[] = []
    // The first statement of an engine pays for what all share.
    await asking.ask('action:nobody')
    for (const kind of askedKinds) {
      const handles = sampleHandles(runs, { kind, turns, count: effort.handles, draw: 1 })
      const cold = await timeQuestions(asking, handles, 1)
      const warm = await timeQuestions(asking, handles, effort.warmPasses)
      all.push(warm)
      const selectOneP50 = percentile(warm.selectOneMs, 0.5)
      kinds.push({ kind, cold: cold.latency, warm: warm.latency, selectOneP50 })
      const { p50, rowsP50 } = warm.latency
      say(
        `${kind}: warm p50 ${p50.toFixed(1)} ms, ${(p50 / selectOneP50).toFixed(1)} × SELECT 1, ${rowsP50} rows read`,
      )
    }
    const questions = all.flatMap(({ questionMs }) => questionMs)
    const cpuMs = (of: 'api' | 'engine'): number =>
      (all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds[of], 0) / questions.length) * 1000
    return {
      size,
      rows,
      parts,
      kinds,
      loneP50: percentile(questions, 0.5),
      apiCpuMs: cpuMs('api'),
      engineCpuMs: cpuMs('engine'),
      busy: order.busy ? await measureBusy({ ...order, asking }) : undefined,
    }
  } finally {
    await asking.stop()
  }
}
