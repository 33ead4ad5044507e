import { seededRandom } from '../random.ts'
import { agentRun } from './agent-run.ts'
import type { BenchSpan } from './agent-run.ts'
import { encodeSpans } from './encode-spans.ts'
import type { SpanBatch } from './encode-spans.ts'

/** Spans in one request: what OpenTelemetry's batch processor sends by default. */
export const spansPerBatch = 512

const agentsAtOnce = 24

/**
 * Makes requests of {@link spansPerBatch} spans each, those of several agents mixed as one exporter would send them. The
 * seed decides all but the time, which is now: a ledger is partitioned by time.
 */
export function makeBatches(seed: number, count: number): SpanBatch[] {
  return mixRuns(seed, count).map(encodeSpans)
}

/** The spans of those requests. */
export function mixRuns(seed: number, count: number): (readonly BenchSpan[])[] {
  const random = seededRandom(seed)
  let clockNs = BigInt(Date.now()) * 1_000_000n
  const running: BenchSpan[][] = []
  const mixed: BenchSpan[][] = []
  while (mixed.length < count) {
    const spans: BenchSpan[] = []
    while (spans.length < spansPerBatch) {
      while (running.length < agentsAtOnce) {
        clockNs += 7_000_000n
        running.push([...agentRun(random, clockNs)])
      }
      const at = random.int(running.length)
      const next = running[at]?.shift()
      if (next === undefined) running.splice(at, 1)
      else spans.push(next)
    }
    mixed.push(spans)
  }
  return mixed
}
