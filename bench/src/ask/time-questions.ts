import { percentile } from '../percentile.ts'
import type { Asking, OfBoth, Timed } from './start-asking.ts'

/** How long the questions of one kind take, and what the engine reads for them. Milliseconds. */
export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly statementsMax: number
  readonly rowsP50: number
  readonly rowsMax: number
  readonly bytesP50: number
}

/** Questions, and the empty round trips that were made beside them. */
export interface TimedQuestions {
  readonly latency: Latency
  /** Of every question and every empty round trip, in milliseconds. */
  readonly questionMs: readonly number[]
  readonly selectOneMs: readonly number[]
  /** CPU of all the questions together, in seconds. */
  readonly cpuSeconds: OfBoth
}

/** As many empty round trips at least as it takes to have them in a row. */
const selectOnesMin = 20

/**
 * Asks each handle `passes` times: in each pass all questions one after the other, and then as many `SELECT 1` one after the
 * other, so that neither finds the machine cooled down by the other.
 */
export async function timeQuestions(
  asking: Asking,
  handles: readonly string[],
  passes: number,
): Promise<TimedQuestions> {
  const timed: Timed[] = []
  const selectOneMs: number[] = []
  const cpu = { api: 0, engine: 0 }
  for (let pass = 0; pass < passes; pass += 1) {
    const before = asking.cpuSeconds()
    for (const handle of handles) timed.push(await asking.ask(handle))
    const after = asking.cpuSeconds()
    cpu.api += after.api - before.api
    cpu.engine += after.engine - before.engine
    const selectOnes = Math.max(handles.length, selectOnesMin)
    for (let one = 0; one < selectOnes; one += 1) selectOneMs.push(await asking.selectOne())
  }
  const questionMs = timed.map(({ ms }) => ms)
  return { latency: latencyOf(timed), questionMs, selectOneMs, cpuSeconds: cpu }
}

/** Sums up questions; NaN of none. */
export function latencyOf(timed: readonly Timed[]): Latency {
  const ms = timed.map((each) => each.ms)
  const rows = timed.map((each) => each.rowsRead)
  const bytes = timed.map((each) => each.bytesRead)
  const most = (values: readonly number[]): number =>
    values.reduce((highest, value) => Math.max(highest, value), 0)
  return {
    count: timed.length,
    p50: percentile(ms, 0.5),
    p95: percentile(ms, 0.95),
    p99: percentile(ms, 0.99),
    statementsMax: most(timed.map((each) => each.statements)),
    rowsP50: percentile(rows, 0.5),
    rowsMax: most(rows),
    bytesP50: percentile(bytes, 0.5),
  }
}
