import { figureNames, figureOf } from './figures.ts'
import type { Figures, FiguresBench } from './figures.ts'
import { answerMs, findBreaks, rowsPerShard } from './find-breaks.ts'
import { inputNames, valuesOf } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { percent, readable, table, withTables } from './page-table.ts'
import { costsOf, loadOf, planFleet, spansPerCollector, spansPerShard } from './plan-fleet.ts'
import { priceDay } from './price-day.ts'
import { simulateDay } from './simulate-day.ts'
import type { Day } from './simulate-day.ts'

/** What the page's tables are made of. */
export interface ScaleSources {
  readonly figures: Figures
  readonly inputs: Inputs
}

const blocks: Readonly<Record<string, (sources: ScaleSources) => string>> = {
  figures: figuresTable,
  inputs: inputsTable,
  core: coreLines,
  sizes: sizesTable,
  day: dayTable,
  breaks: breaksTable,
  money: moneyTable,
}

/** Puts the simulation's tables into the page, in the place of those that are there. Throws where a place for one is missing. */
export function withScaleTables(page: string, sources: ScaleSources): string {
  const tables = Object.entries(blocks).map(([name, lines]) => [name, lines(sources)] as const)
  return withTables(page, Object.fromEntries(tables))
}

function figuresTable({ figures }: ScaleSources): string {
  // Sound: the object's keys are those of its type.
  const benches = Object.keys(figureNames) as FiguresBench[]
  return table([
    ['measure', 'figure', 'run'],
    ...benches.flatMap((bench) =>
      Object.entries(figures[bench].values).map(([name, value], index) => [
        `\`${name}\``,
        readable(value),
        index === 0 ? figures[bench].from : '″',
      ]),
    ),
  ])
}

function inputsTable({ inputs }: ScaleSources): string {
  return table([
    ['assumption', 'value', ''],
    ...inputNames.map((name) => {
      const { value, unit, of } = inputs[name]
      return [`\`${name}\``, `${readable(value)} ${unit}`.trim(), of]
    }),
  ])
}

function coreLines({ figures, inputs }: ScaleSources): string {
  const costs = costsOf(figures)
  const values = valuesOf(inputs)
  const sustained = figureOf(figures, 'ingest', 'whodid_sustained_spans_per_second')
  const lines = [
    `agents on one machine like the bench’s, collector and engine together | ${readable(sustained / loadOf(values, 1).spansPerSecond)} | sustained spans a second / an agent’s in the busiest hour`,
    `usable share of a core | ${percent(costs.usableShare)} | sustained spans a second × CPU a span of both / ${figures.ingest.cores} cores`,
    `spans a second, one collector on one core | ${readable(spansPerCollector(costs))} | usable share / CPU a span`,
    `spans a second, one shard of ${values.engine_vcpus} cores, no questions | ${readable(spansPerShard(costs, values, 0))} | each replica stores every span of its shard`,
  ]
  return table([['derived', '', 'from'], ...lines.map((line) => line.split(' | '))])
}

/** Sizes beside the one that is asked for, as shares of it. */
const sizeShares = [0.001, 0.01, 0.1, 1, 10] as const

function sizesTable(sources: ScaleSources): string {
  const days = sizeShares.map((share) => plannedDay(sources, share))
  const first = days.map((day) => findBreaks({ figures: sources.figures, day })[0])
  const { inputs } = days[0] ?? plannedDay(sources, 1)
  const row = (words: string, value: (day: Day) => string): string[] => [words, ...days.map(value)]
  return table([
    row('agents', ({ agents }) => readable(agents)),
    row('spans a day', ({ agents }) => readable(loadOf(inputs, agents).spansPerDay)),
    row('spans a second, busiest hour', ({ agents }) =>
      readable(loadOf(inputs, agents).spansPerSecond),
    ),
    row('questions a second, busiest hour', ({ agents }) =>
      readable(loadOf(inputs, agents).questionsPerSecond),
    ),
    row('collectors (one core each)', ({ fleet }) => readable(fleet.collectors)),
    row('APIs (one core each)', ({ fleet }) => readable(fleet.apis)),
    row('shards × replicas', ({ fleet }) => `${readable(fleet.shards)} × ${inputs.replicas}`),
    row('engine machines', ({ fleet }) => readable(fleet.shards * inputs.replicas)),
    row('seconds between a collector’s inserts', ({ fleet }) => readable(fleet.insertSeconds)),
    row('spans on a shard after the hot days', (day) => readable(rowsPerShard(day))),
    row('median answer, worst kind, ms', (day) =>
      readable(answerMs(sources.figures, rowsPerShard(day))),
    ),
    row('stored a day, one copy, TB', (day) => readable(priceOf(day).storedTb)),
    row('USD a day', (day) => readable(priceOf(day).totalUsd)),
    row('USD for a million spans', (day) =>
      readable((priceOf(day).totalUsd / loadOf(inputs, day.agents).spansPerDay) * 1e6),
    ),
    ['breaks first', ...first.map((bound) => bound?.name ?? '–')],
  ])
}

function dayTable(sources: ScaleSources): string {
  const day = plannedDay(sources, 1)
  const { inputs } = day
  const result = simulateDay(day)
  const gigabits = (result.networkBytesMax * 8) / 1e9
  const gibibytes = result.logBytesMax / 1024 ** 3
  return table([
    ['in the simulated day', ''],
    ['spans offered', readable(result.offered)],
    ['spans in the engines at its end', readable(result.stored)],
    ['spans lost', readable(result.offered - result.stored - result.left)],
    ['collectors, busiest minute, a zone away', percent(result.collectorShareMax)],
    ['engines, busiest minute', percent(result.engineShareMax)],
    [
      `fullest log of a collector, a shard ${inputs.shard_outage_minutes} minutes away, had it no bound, GiB`,
      readable(gibibytes),
    ],
    ['spans that senders kept for a while, each minute counted', readable(result.delayed)],
    ['minutes until the logs were empty again', readable(result.catchUpMinutes)],
    ['acknowledged to queryable, nothing away, s', readable(result.freshSecondsMax)],
    ['network of an engine, busiest minute, Gbit/s', readable(gigabits)],
  ])
}

function breaksTable(sources: ScaleSources): string {
  const breaks = findBreaks({ figures: sources.figures, day: plannedDay(sources, 1) })
  return table([
    ['what breaks', 'at × this load', 'used', 'of', 'what is done'],
    ...breaks.map(({ name, atLoad, used, of, remedy }) => [
      name,
      atLoad > loadsTold ? '–' : readable(atLoad),
      percent(used),
      of,
      remedy,
    ]),
  ])
}

/** Past so many times the load nothing is said to break. */
const loadsTold = 50

function moneyTable(sources: ScaleSources): string {
  const price = priceOf(plannedDay(sources, 1))
  const { storedTb, betweenZonesTb, vcpus } = price
  const usd = (words: string, value: number, of: string): string[] => [
    words,
    readable(value),
    percent(value / price.totalUsd),
    of,
  ]
  return table([
    ['a day, once all kept days are there', 'USD', 'share', ''],
    usd('collectors and APIs', price.processesUsd, ''),
    usd('engines', price.enginesUsd, `${readable(vcpus)} vCPU with the line above`),
    usd('their disks', price.disksUsd, 'all replicas, planned room included'),
    usd(
      'object storage',
      price.objectsUsd,
      `${readable(storedTb)} TB a day, one copy, with the tree`,
    ),
    usd('between zones', price.networkUsd, `${readable(betweenZonesTb)} TB a day`),
    usd('in all', price.totalUsd, ''),
  ])
}

function plannedDay({ figures, inputs }: ScaleSources, share: number): Day {
  const [costs, values] = [costsOf(figures), valuesOf(inputs)]
  const agents = values.agents * share
  return { costs, inputs: values, agents, fleet: planFleet(costs, values, agents) }
}

function priceOf({ costs, inputs, fleet, agents }: Day): ReturnType<typeof priceDay> {
  return priceDay(costs, inputs, { fleet, agents })
}
