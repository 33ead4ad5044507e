import type { Schemas } from '@whodid/client'
import type { MinuteCount } from '../draw/index.ts'
import { toUnixMs } from '../parts/index.ts'

/** Minutes that the start page looks back. */
export const minutesShown = 60

/** Minutes over which the rate is taken. */
const rateMinutes = 5

/** An agent that acted. */
interface AgentAtWork {
  readonly instance: string
  readonly template: string | null
  acts: number
  readonly lastAt: string
}

/** The state of the last hour, by the acts that were listed. */
export interface Now {
  readonly total: number
  readonly unattributed: number
  readonly perMinute: number
  readonly minutes: readonly MinuteCount[]
  /** The one that acted last comes first. */
  readonly agents: readonly AgentAtWork[]
  /** The median of the time from an act's end to its receipt, in milliseconds. */
  readonly lagMs: number | undefined
  /** The start of the oldest act listed, where a bound left out older ones. */
  readonly cutAt: string | undefined
}

/** Describes the last hour from its acts, newest first. */
export function describeNow(
  { actions, next_cursor: nextCursor }: Schemas['ActionsAnswer'],
  nowMs: number,
): Now {
  const minutes = Array.from({ length: minutesShown }, () => ({ total: 0, unattributed: 0 }))
  const agents = new Map<string, AgentAtWork>()
  const lags: number[] = []
  for (const act of actions) {
    const back = Math.floor((nowMs - toUnixMs(act.started_at)) / 60_000)
    const minute = minutes[minutesShown - 1 - Math.max(back, 0)]
    if (minute !== undefined) {
      minute.total += 1
      if (act.verdict === 'undetermined') minute.unattributed += 1
    }
    lags.push(Math.max(toUnixMs(act.received_at) - toUnixMs(act.ended_at), 0))
    if (act.instance === null) continue
    const known = agents.get(act.instance)
    if (known === undefined) {
      const { instance, template, started_at: lastAt } = act
      agents.set(act.instance, { instance, template, acts: 1, lastAt })
    } else known.acts += 1
  }
  const latest = minutes.slice(-rateMinutes).reduce((all, { total }) => all + total, 0)
  return {
    total: actions.length,
    unattributed: actions.filter(({ verdict }) => verdict === 'undetermined').length,
    perMinute: latest / rateMinutes,
    minutes,
    agents: [...agents.values()],
    lagMs: lags.toSorted((a, b) => a - b)[Math.floor(lags.length / 2)],
    cutAt: nextCursor === null ? undefined : actions.at(-1)?.started_at,
  }
}
