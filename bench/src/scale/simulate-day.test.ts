import { describe, expect, it } from 'vitest'
import { figureOf, readFigures, withFigures } from './figures.ts'
import type { Figures } from './figures.ts'
import { answerMs, boundsOf, findBreaks } from './find-breaks.ts'
import { readInputs, valuesOf } from './inputs.ts'
import type { InputValues } from './inputs.ts'
import { costsOf, loadOf, planFleet, spansPerCollector, spansPerShard } from './plan-fleet.ts'
import { priceDay } from './price-day.ts'
import { dayShape, simulateDay } from './simulate-day.ts'
import type { Day } from './simulate-day.ts'

const figures = readFigures()
const costs = costsOf(figures)
const inputs = valuesOf(readInputs())

/** The fleet planned for so many agents, under the load of `times` as many. */
function dayOf(
  agents: number,
  { times = 1, ...changed }: Partial<InputValues> & { times?: number } = {},
): Day {
  const changedInputs = { ...inputs, ...changed }
  const fleet = planFleet(costs, changedInputs, agents)
  return { costs, inputs: changedInputs, fleet, agents: agents * times }
}

describe('planFleet', () => {
  it('takes of a core no more than the bench’s machine was able to use of one', () => {
    // One machine: its cores shared by collector and engine as their CPU a span asks, store what it sustained.
    const sustained = figureOf(figures, 'ingest', 'whodid_sustained_spans_per_second')
    const both = costs.collectorCpu + costs.engineCpu
    expect((figures.ingest.cores * costs.usableShare) / both).toBeCloseTo(sustained)
    expect(costs.usableShare).toBeLessThanOrEqual(1)
    expect(spansPerCollector(costs)).toBeLessThan(1 / costs.collectorCpu)
  })

  it('holds the busiest hour with a zone away, and the hot days on its disks', () => {
    for (const agents of [100, 20_000, 1_000_000, 30_000_000]) {
      const { fleet } = dayOf(agents)
      const load = loadOf(inputs, agents)
      const left = Math.floor((fleet.collectors * (inputs.zones - 1)) / inputs.zones)
      if (fleet.collectors > 3)
        expect(left * spansPerCollector(costs) * 1.05).toBeGreaterThanOrEqual(load.spansPerSecond)
      const questions = load.questionsPerSecond / fleet.shards
      expect(fleet.shards * spansPerShard(costs, inputs, questions)).toBeGreaterThanOrEqual(
        load.spansPerSecond * 0.999,
      )
      const disk = fleet.shards * inputs.engine_disk_tb * 1e12 * inputs.disk_share_max
      expect(load.spansPerDay * inputs.hot_days * costs.storedBytes).toBeLessThanOrEqual(disk)
    }
  })
})

describe('simulateDay', () => {
  it('loses no span: each is stored, in a log, or with its sender', () => {
    for (const day of [dayOf(1_000), dayOf(1_000_000), dayOf(1_000_000, { times: 3 })]) {
      const { offered, stored, left } = simulateDay(day)
      expect(offered).toBeCloseTo(loadOf(inputs, day.agents).spansPerDay, -5)
      expect((stored + left) / offered).toBeCloseTo(1, 6)
    }
  })

  it('keeps in the logs what a shard that is away cannot take, and stores it afterwards', () => {
    const quiet = simulateDay(dayOf(1_000_000, { shard_outage_minutes: 0 }))
    expect(quiet.logBytesMax).toBe(0)
    const { logBytesMax, delayed, left } = simulateDay(dayOf(1_000_000))
    expect(logBytesMax).toBeGreaterThan(0)
    expect(delayed).toBe(0)
    expect(left).toBe(0)
    const long = simulateDay(dayOf(1_000_000, { shard_outage_minutes: 60 }))
    expect(long.logBytesMax).toBeGreaterThan(inputs.log_gib * 1024 ** 3)
    // The logs are full: senders wait, and all is stored in the end.
    expect(long.delayed).toBeGreaterThan(0)
    expect(long.left).toBe(0)
  })

  it('has senders wait where collectors or engines are too few', () => {
    const { delayed, collectorShareMax } = simulateDay(dayOf(1_000_000, { times: 2 }))
    expect(collectorShareMax).toBeGreaterThan(1)
    expect(delayed).toBeGreaterThan(0)
  })

  it('has the day’s mean, and its peak where it is said to be', () => {
    const shape = dayShape(3)
    expect(shape.reduce((sum, value) => sum + value, 0) / shape.length).toBeCloseTo(1)
    expect(Math.max(...shape)).toBeCloseTo(3)
    expect(Math.min(...shape)).toBeGreaterThan(0)
  })
})

describe('findBreaks', () => {
  it('finds the load at which each bound breaks, the first one first', () => {
    const day = dayOf(1_000_000)
    const breaks = findBreaks({ figures, day })
    expect(breaks.map(({ atLoad }) => atLoad)).toEqual(
      breaks.map(({ atLoad }) => atLoad).toSorted((left, right) => left - right),
    )
    for (const { name, atLoad } of breaks.filter((each) => each.atLoad < 500)) {
      const usedAt = (times: number): number =>
        boundsOf({ figures, day: { ...day, agents: day.agents * times } }).find(
          (bound) => bound.name === name,
        )?.used ?? 0
      expect(usedAt(atLoad * 0.98), name).toBeLessThanOrEqual(1)
      expect(usedAt(atLoad * 1.02), name).toBeGreaterThan(1)
    }
  })

  it('names the log first when a shard stays away for an hour', () => {
    const [first] = findBreaks({
      figures,
      day: dayOf(1_000_000, { shard_outage_minutes: 60, answer_ms_max: 1e6 }),
    })
    expect(first?.name).toBe('the log while a shard is away')
    expect(first?.atLoad).toBeLessThan(1)
  })
})

describe('answerMs', () => {
  it('is what was measured at the sizes that were measured, and goes on as it grew last', () => {
    const selectOne = figureOf(figures, 'ask', 'select_1_p50_ms')
    const at = (size: '1m' | '10m' | '100m'): number =>
      figureOf(figures, 'ask', `p50_ratio_to_select_1_at_${size}`) * selectOne
    expect(answerMs(figures, 1e6)).toBeCloseTo(at('1m'))
    expect(answerMs(figures, 1e7)).toBeCloseTo(at('10m'))
    expect(answerMs(figures, 1e8)).toBeCloseTo(at('100m'))
    expect(answerMs(figures, 1e9) / at('100m')).toBeCloseTo(at('100m') / at('10m'))
    expect(answerMs(figures, 10)).toBeCloseTo(at('1m'))
  })
})

describe('priceDay', () => {
  it('adds up, and grows with what is kept', () => {
    const { fleet, agents } = dayOf(1_000_000)
    const price = priceDay(costs, inputs, { fleet, agents })
    const { processesUsd, enginesUsd, disksUsd, objectsUsd, networkUsd, totalUsd } = price
    expect(processesUsd + enginesUsd + disksUsd + objectsUsd + networkUsd).toBeCloseTo(totalUsd)
    const hotOnly = priceDay(costs, { ...inputs, kept_days: inputs.hot_days }, { fleet, agents })
    expect(hotOnly.objectsUsd).toBe(0)
  })
})

describe('figures', () => {
  it('takes a run’s own measures in the place of the last one’s, and misses what that run did not take', () => {
    const measure = { unit: 'us', of: '' } as const
    const run = {
      bench: 'ingest',
      from: 'a run',
      cores: 4,
      measures: [
        { ...measure, name: 'cpu_us_per_span_collector', value: 12.34567 },
        { ...measure, name: 'cpu_us_per_span_engine', value: null, why: 'no /proc' },
        { ...measure, name: 'something_else', value: 1 },
      ],
    } as const
    const taken: Figures = withFigures(figures, run)
    expect(taken.ingest).toEqual({
      from: 'a run',
      cores: 4,
      values: { cpu_us_per_span_collector: 12.35 },
    })
    expect(taken.ask).toEqual(figures.ask)
    expect(() => costsOf(taken)).toThrow('has no cpu_us_per_span_engine of a run of ingest')
  })
})
