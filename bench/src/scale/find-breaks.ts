import { figureOf } from './figures.ts'
import type { Figures } from './figures.ts'
import { hotBytes, loadOf } from './plan-fleet.ts'
import { simulateDay } from './simulate-day.ts'
import type { Day } from './simulate-day.ts'

/** Something that a fleet has only so much of. */
export interface Bound {
  readonly name: string
  /** How much of it a day takes; above 1 it is broken. */
  readonly used: number
  /** What that is a share of. */
  readonly of: string
  /** What is done about it. */
  readonly remedy: string
}

/** A bound, and the load at which a fleet that stays as it is breaks it. */
export interface Break extends Bound {
  /** Times the load that the fleet was planned for; below 1 it is broken by that load already. */
  readonly atLoad: number
}

interface Measured {
  readonly figures: Figures
  readonly day: Day
}

const daySeconds = 86_400
const loadMin = 1 / 1024
const loadMax = 1024
const halvings = 40

/** All bounds of a fleet on one day. */
export function boundsOf({ figures, day }: Measured): readonly Bound[] {
  const { costs, inputs, fleet, agents } = day
  const load = loadOf(inputs, agents)
  const result = simulateDay(day)
  const gigabitBytes = 1e9 / 8
  return [
    {
      name: 'collectors’ CPU',
      used: result.collectorShareMax,
      of: 'what the collectors of the zones left take in the busiest hour',
      remedy:
        'Start more collectors: they share nothing. Senders keep what is refused and send it again.',
    },
    {
      name: 'engines’ CPU',
      used: result.engineShareMax,
      of: 'what the engines store beside their questions in the busiest hour',
      remedy:
        'Add shards, after the collectors have drained; or larger machines, one replica after the other.',
    },
    {
      name: 'the log while a shard is away',
      used: result.logBytesMax / (inputs.log_gib * 1024 ** 3),
      of: `a collector’s log (${inputs.log_gib} GiB), a whole shard ${inputs.shard_outage_minutes} minutes away: inserts wait for every shard`,
      remedy:
        'Give the log a larger bound and a disk for it, a third replica to each shard, or more collectors. Senders wait until then; nothing is dropped.',
    },
    {
      name: 'freshness',
      used: result.freshSecondsMax / inputs.fresh_seconds_max,
      of: `${inputs.fresh_seconds_max} s from acknowledgement to queryable: each insert makes a part on every shard, and merges keep up with ${inputs.parts_per_second_max} a second and table, so that many collectors insert less often`,
      remedy:
        'Fewer, larger collectors; or cells: clusters of their own for groups of agents, each with its collectors, asked side by side.',
    },
    {
      name: 'disks',
      used:
        hotBytes(costs, inputs, load) /
        (fleet.shards * inputs.engine_disk_tb * 1e12 * inputs.disk_share_max),
      of: `${inputs.disk_share_max * 100} % of the engines’ disks, after ${inputs.hot_days} days`,
      remedy: 'Add shards before the day comes, or move days to object storage sooner.',
    },
    {
      name: 'the time of an answer',
      used: answerMs(figures, rowsPerShard(day)) / inputs.answer_ms_max,
      of: `${inputs.answer_ms_max} ms in the median, worst kind of handle; beyond 100 M spans a shard by the growth from 10 M to 100 M`,
      remedy: 'More shards, fewer hot days, or key tables that a question opens fewer parts of.',
    },
    {
      name: 'an engine’s network',
      used: result.networkBytesMax / (inputs.network_gbit * gigabitBytes),
      of: `${inputs.network_gbit} Gbit/s, rows in and replication`,
      remedy: 'Add shards.',
    },
    {
      name: 'verifying',
      used:
        load.spansPerDay /
        (costs.verifiedPerCpuSecond * daySeconds * fleet.shards * inputs.engine_vcpus * spareShare),
      of: `${spareShare * 100} % of the engines’ cores, all day, to verify each record of a day once`,
      remedy: 'Verify on replicas of its own, log by log; any number at once.',
    },
  ]
}

/** Of the engines' cores, for verifying. */
const spareShare = 0.1

/** Finds for each bound the load at which it breaks, the fleet staying as it is; that which breaks first stands first. */
export function findBreaks(measured: Measured): readonly Break[] {
  const { day } = measured
  const boundsAt = (factor: number): readonly Bound[] =>
    boundsOf({ ...measured, day: { ...day, agents: day.agents * factor } })
  const breaks = boundsAt(1).map((bound, index) => {
    let [holds, broken] = [loadMin, loadMax]
    for (let halving = 0; halving < halvings; halving += 1) {
      const middle = Math.sqrt(holds * broken)
      if ((boundsAt(middle)[index]?.used ?? 0) > 1) broken = middle
      else holds = middle
    }
    return { ...bound, atLoad: holds }
  })
  return breaks.toSorted((left, right) => left.atLoad - right.atLoad)
}

/** Spans on one shard after the hot days. */
export function rowsPerShard({ inputs, fleet, agents }: Day): number {
  return (loadOf(inputs, agents).spansPerDay * inputs.hot_days) / fleet.shards
}

const measuredRows = [1e6, 1e7, 1e8] as const

/** Median time of an answer of the worst kind, from a table of so many spans: between the measured sizes by the logarithm, past them by the last tenfold's growth. */
export function answerMs(figures: Figures, rows: number): number {
  const selectOne = figureOf(figures, 'ask', 'select_1_p50_ms')
  // Sound: a list of three is mapped.
  const [small, middle, large] = (['1m', '10m', '100m'] as const).map(
    (size) => figureOf(figures, 'ask', `p50_ratio_to_select_1_at_${size}`) * selectOne,
  ) as [number, number, number]
  const [first, second] = measuredRows
  const [from, low, high] = rows <= second ? [first, small, middle] : [second, middle, large]
  const tenfolds = Math.max(0, Math.log10(rows / from))
  return low * (high / low) ** tenfolds
}
