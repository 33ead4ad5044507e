import type { Measure } from '../bench.ts'
import { percentile } from '../percentile.ts'

/** The points at which an order is enforced, each with its own agents. */
export const enforcementPoints = ['sdk', 'launcher', 'mcp_proxy'] as const
export type EnforcementPoint = (typeof enforcementPoints)[number]

/** One agent that was killed, and what it did last. Times are milliseconds since 1970, of one machine's clock. */
export interface Killed {
  readonly point: EnforcementPoint
  /** When the order was sent. */
  readonly orderedAtMs: number
  /** When its last act ran that was not refused. */
  readonly lastRanAtMs: number
}

/** What the run of the bench found. */
export interface KillFindings {
  /** Agents that listened when the first one was killed. */
  readonly subscribed: number
  readonly killed: readonly Killed[]
  readonly cascade: {
    readonly descendants: number
    readonly processes: number
    readonly lastActsS: readonly number[]
  }
  /** The reasons of the answers on acts of killed agents, of the second before the order and after it. */
  readonly classes: readonly string[]
}

/** Seconds from an order to the last act; 0 where that ran before. */
export function lastActS({ orderedAtMs, lastRanAtMs }: Omit<Killed, 'point'>): number {
  return Math.max(0, lastRanAtMs - orderedAtMs) / 1000
}

/** The measures, under the names that are fixed and some more. */
export function killMeasures(found: KillFindings): readonly Measure[] {
  const { subscribed, killed, cascade, classes } = found
  const among = `${subscribed} agents that listen, all at work`
  const p99 = (name: string, from: readonly Killed[], at: string): Measure =>
    measured({
      name,
      unit: 's',
      value: percentile(from.map(lastActS), 0.99),
      of: `from the sending of the order to the last act that ran, p99 of ${from.length} kills ${at}, among ${among}`,
    })
  return [
    p99('kill_to_last_act_p99_s', killed, 'at all points'),
    ...enforcementPoints.map((point) =>
      p99(
        `kill_to_last_act_p99_s_${point}`,
        killed.filter((one) => one.point === point),
        `at the point ${point}`,
      ),
    ),
    measured({
      name: 'kill_to_last_act_p99_s_issuer',
      unit: 's',
      value: Number.NaN,
      of: 'as the others, at a service that issues tokens',
      why: 'Whodid runs no such service yet',
    }),
    measured({
      name: 'cascade_to_last_act_p99_s',
      unit: 's',
      value: percentile(cascade.lastActsS, 0.99),
      of: `as the others, of ${cascade.descendants} descendants in ${cascade.processes} processes, by one order on their ancestor`,
    }),
    measured({
      name: 'indeterminate_share',
      unit: 'share',
      value: shareOf(classes, 'revocation_indeterminate'),
      of: `of ${classes.length} acts of killed agents, that may have begun before the order or after it`,
    }),
    measured({
      name: 'after_proven_share',
      unit: 'share',
      value: shareOf(classes, 'after_revocation_proven'),
      of: 'of the same acts, that came after the order as their records prove: the refused ones',
    }),
  ]
}

interface Taken extends Pick<Measure, 'name' | 'unit' | 'of' | 'why'> {
  /** NaN where nothing was measured. */
  readonly value: number
}

function measured({ name, unit, value, of, why = 'nothing was measured' }: Taken): Measure {
  return Number.isFinite(value) ? { name, unit, value, of } : { name, unit, value: null, of, why }
}

function shareOf(all: readonly string[], wanted: string): number {
  return all.filter((one) => one === wanted).length / all.length
}
