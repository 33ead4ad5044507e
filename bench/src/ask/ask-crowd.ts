import type { Asking, OfBoth, Timed } from './start-asking.ts'
import { latencyOf } from './time-questions.ts'
import type { Latency } from './time-questions.ts'

/** Many askers at once. */
export interface Crowd {
  readonly askers: number
  readonly latency: Latency
  /** From the first question to the last answer. */
  readonly answersPerSecond: number
  /** Questions that got no answer, and the first reasons. */
  readonly errors: readonly string[]
  readonly residentBytesPeaks: OfBoth
}

/** How large a crowd, and for how long it goes on asking. */
export interface CrowdSize {
  readonly askers: number
  readonly seconds: number
}

/** Lets so many askers ask at once, each one question after the other, of the handles in turn, until the time is up and all are answered. */
export async function askCrowd(
  asking: Asking,
  handles: readonly string[],
  { askers, seconds }: CrowdSize,
): Promise<Crowd> {
  const timed: Timed[] = []
  const errors: string[] = []
  const startedMs = performance.now()
  const endMs = startedMs + seconds * 1000
  let next = 0
  const asker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const handle = handles[next % handles.length] ?? ''
      next += 1
      try {
        timed.push(await asking.ask(handle))
      } catch (thrown) {
        errors.push(`${handle}: ${thrown instanceof Error ? thrown.message : 'unknown failure'}`)
      }
    }
  }
  await Promise.all(Array.from({ length: askers }, asker))
  return {
    askers,
    latency: latencyOf(timed),
    answersPerSecond: timed.length / ((performance.now() - startedMs) / 1000),
    errors,
    residentBytesPeaks: asking.residentBytesPeaks(),
  }
}
