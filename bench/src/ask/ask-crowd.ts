import { readUsage } from '../process-usage.ts'
import type { Asking, Timed } from './start-asking.ts'
import { latencyOf } from './time-questions.ts'
import type { Latency } from './time-questions.ts'

/** Many askers at once. */
export interface Crowd {
  readonly askers: number
  readonly latency: Latency
  /** Questions that got no answer, and the first reasons. */
  readonly errors: readonly string[]
  readonly apiBytesPeak: number
  readonly engineBytesPeak: number
}

/** Lets so many askers ask at once, each one question after the other, until every handle was asked once. */
export async function askCrowd(
  asking: Asking,
  handles: readonly string[],
  of: { readonly askers: number; readonly engineProcessId: number },
): Promise<Crowd> {
  const timed: Timed[] = []
  const errors: string[] = []
  const waiting = handles.values()
  const asker = async (): Promise<void> => {
    for (const handle of waiting)
      try {
        timed.push(await asking.ask(handle))
      } catch (thrown) {
        errors.push(`${handle}: ${thrown instanceof Error ? thrown.message : 'unknown failure'}`)
      }
  }
  await Promise.all(Array.from({ length: of.askers }, asker))
  return {
    askers: of.askers,
    latency: latencyOf(timed),
    errors,
    apiBytesPeak: readUsage(asking.apiProcessId).residentBytesPeak,
    engineBytesPeak: readUsage(of.engineProcessId).residentBytesPeak,
  }
}
