import type { Engine } from '@whodid/engine'
import type { Handle } from '@whodid/model'
import { percentile } from '../percentile.ts'
import { askCrowd } from './ask-crowd.ts'
import type { Crowd } from './ask-crowd.ts'
import type { KeptLedger } from './kept-ledgers.ts'
import type { LedgerRuns } from './ledger-runs.ts'
import { askedKinds, sampleHandles } from './sample-handles.ts'
import type { Asking } from './start-asking.ts'
import { startWriting } from './start-writing.ts'
import { timeQuestions } from './time-questions.ts'
import type { Latency } from './time-questions.ts'

/** What was measured with a crowd, and while the collector wrote at half load. */
export interface BusyResult {
  readonly crowd: Crowd
  readonly writingSpansPerSecond: number
  /** Of each kind, one asker. */
  readonly writing: readonly WritingLatency[]
  readonly crowdWhileWriting: Crowd
}

/** What one kind of handle takes while the collector writes. */
export interface WritingLatency {
  readonly kind: Handle['kind']
  readonly latency: Latency
  /** Milliseconds of `SELECT 1`, beside those questions. */
  readonly selectOneP50: number
}

/** How much is asked. */
export interface BusyEffort {
  readonly handles: number
  readonly writingPasses: number
  /** Of each kind. */
  readonly crowdHandles: number
  readonly crowdSeconds: number
}

/** Which ledger, and whom to ask about it. */
export interface BusyOrder {
  readonly engine: Engine
  readonly ledger: KeptLedger
  readonly runs: LedgerRuns
  readonly asking: Asking
  readonly effort: BusyEffort
  readonly say: (line: string) => void
}

const crowdAskers = 64
/** The writing lasts longer than any measurement; it is ended by stopping it. */
const writingSeconds = 3_600
const errorsTold = 3

/** Lets a crowd ask of a quiet ledger, then one asker and a crowd while the collector writes. */
export async function measureBusy(order: BusyOrder): Promise<BusyResult> {
  const { engine, ledger, asking, effort, say } = order
  const crowd = await gather(order, 2)
  const writing = await startWriting(engine, ledger.dataDir)
  say(`the collector takes ${Math.round(writing.fullLoad)} spans/s; half of it from now on`)
  // Ends when the sender is stopped, which is no failure of the measurement.
  const written = writing.writeAtHalf(writingSeconds).catch(() => undefined)
  try {
    const told: WritingLatency[] = []
    for (const kind of askedKinds) {
      const handles = sample(order, { kind, count: effort.handles, draw: 1 })
      const { latency, selectOneMs } = await timeQuestions(asking, handles, effort.writingPasses)
      told.push({ kind, latency, selectOneP50: percentile(selectOneMs, 0.5) })
    }
    return {
      crowd,
      writingSpansPerSecond: writing.fullLoad / 2,
      writing: told,
      crowdWhileWriting: await gather(order, 3),
    }
  } finally {
    await writing.stop()
    await written
  }
}

async function gather(order: BusyOrder, draw: number): Promise<Crowd> {
  const { asking, effort, say } = order
  const handles = inTurn(
    askedKinds.map((kind) => sample(order, { kind, count: effort.crowdHandles, draw })),
  )
  const crowd = await askCrowd(asking, handles, {
    askers: crowdAskers,
    seconds: effort.crowdSeconds,
  })
  const { latency, answersPerSecond, errors } = crowd
  say(
    `${crowdAskers} at once: ${answersPerSecond.toFixed(0)} answers/s, p99 ${latency.p99.toFixed(0)} ms, ${errors.length} errors`,
  )
  for (const error of errors.slice(0, errorsTold)) say(error)
  return crowd
}

function sample(
  { runs, ledger }: BusyOrder,
  of: { readonly kind: Handle['kind']; readonly count: number; readonly draw: number },
): string[] {
  return sampleHandles(runs, { ...of, turns: ledger.turns })
}

/** Kinds in turn, so that the crowd asks for all of them at once. */
function inTurn(kinds: readonly (readonly string[])[]): string[] {
  const most = Math.max(...kinds.map((handles) => handles.length))
  return Array.from({ length: most }, (_, at) =>
    kinds.flatMap((handles) => handles[at % handles.length] ?? []),
  ).flat()
}
