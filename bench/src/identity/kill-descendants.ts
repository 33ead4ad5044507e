import { setTimeout as sleep } from 'node:timers/promises'
import { lastActS } from './kill-measures.ts'
import type { KillFindings } from './kill-measures.ts'
import type { AgentsProcess } from './start-agents.ts'
import type { Service } from './start-service.ts'

/** Milliseconds for which the descendants act before their ancestor is killed. */
const workMs = 3_000
const stopTimeoutMs = 30_000
const lookMs = 250

/**
 * Begins an agent in the first process and descendants in all, two generations deep, each at work, and kills the agent alone. Throws
 * when a descendant goes on.
 */
export async function killDescendants(
  service: Service,
  processes: readonly AgentsProcess[],
  { children, grandchildren }: { readonly children: number; readonly grandchildren: number },
): Promise<KillFindings['cascade']> {
  const [first] = processes
  if (first === undefined) throw new Error('there is no process with agents')
  const { instance, carrier } = await first.ask({ kind: 'root' }, 'root')
  const order = { kind: 'descend', carrier, children, grandchildren } as const
  const begun = await Promise.all(processes.map((one) => one.ask(order, 'descended')))
  const descendants = begun.reduce((sum, { count }) => sum + count, 0)
  await sleep(workMs)
  const orderedAtMs = await service.kill(instance)
  const deadlineMs = Date.now() + stopTimeoutMs
  for (;;) {
    const ends = await Promise.all(processes.map((one) => one.ask({ kind: 'gather' }, 'gathered')))
    const refused = ends.reduce((sum, end) => sum + end.refused, 0)
    if (refused === descendants) {
      const lastActsS = ends
        .flatMap(({ lastRanAtMs }) => lastRanAtMs)
        .map((lastRanAtMs) => lastActS({ orderedAtMs, lastRanAtMs }))
      return { descendants, processes: processes.length, lastActsS }
    }
    if (Date.now() > deadlineMs)
      throw new Error(`${descendants - refused} of ${descendants} descendants go on`)
    await sleep(lookMs)
  }
}
