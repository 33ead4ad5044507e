import { percentile } from '../percentile.ts'
import type { Asking, Timed } from './start-asking.ts'

/** How long the questions of one kind take, and what the engine reads for them. Milliseconds. */
export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly rowsP50: number
  readonly rowsMax: number
  readonly bytesP50: number
}

/** Questions, and the empty round trips that were made between them. */
export interface TimedQuestions {
  readonly latency: Latency
  readonly selectOneMs: readonly number[]
}

/** Asks one question after the other, each handle `passes` times, and `SELECT 1` after every other one. */
export async function timeQuestions(
  asking: Asking,
  handles: readonly string[],
  passes: number,
): Promise<TimedQuestions> {
  const timed: Timed[] = []
  const selectOneMs: number[] = []
  for (let pass = 0; pass < passes; pass += 1)
    for (const [index, handle] of handles.entries()) {
      timed.push(await asking.ask(handle))
      if (index % 2 === 0) selectOneMs.push(await asking.selectOne())
    }
  return { latency: latencyOf(timed), selectOneMs }
}

/** Sums up questions. */
export function latencyOf(timed: readonly Timed[]): Latency {
  const ms = timed.map((each) => each.ms)
  const rows = timed.map((each) => each.rowsRead)
  return {
    count: timed.length,
    p50: percentile(ms, 0.5),
    p95: percentile(ms, 0.95),
    p99: percentile(ms, 0.99),
    rowsP50: percentile(rows, 0.5),
    rowsMax: Math.max(...rows),
    bytesP50: percentile(
      timed.map((each) => each.bytesRead),
      0.5,
    ),
  }
}
