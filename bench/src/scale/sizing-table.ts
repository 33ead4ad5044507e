import { figureOf } from './figures.ts'
import { valuesOf } from './inputs.ts'
import type { InputValues } from './inputs.ts'
import { readable, table, withTables } from './page-table.ts'
import { costsOf, loadOf, planFleet } from './plan-fleet.ts'
import type { Costs, Load } from './plan-fleet.ts'
import type { ScaleSources } from './scale-page.ts'

/** Agents at work that the page tells sizes for. */
const agentCounts = [1, 100, 1_000, 100_000] as const

/** Days of a month. */
const monthDays = 30

interface Sized {
  readonly costs: Costs
  readonly inputs: InputValues
  readonly load: Load
  readonly collectors: number
}

/** Puts the table of sizes into docs/howto/sizing.md. Throws where its place is missing. */
export function withSizingTable(page: string, sources: ScaleSources): string {
  return withTables(page, { sizing: sizingTable(sources) })
}

function sizingTable({ figures, inputs: given }: ScaleSources): string {
  const [costs, inputs] = [costsOf(figures), valuesOf(given)]
  const sizes = agentCounts.map((agents): Sized => {
    const { collectors } = planFleet(costs, inputs, agents)
    return { costs, inputs, load: loadOf(inputs, agents), collectors }
  })
  const row = (words: string, how: string, value: (sized: Sized) => string): string[] => [
    words,
    how,
    ...sizes.map(value),
  ]
  const micro = (seconds: number): string => `${readable(seconds * 1e6)} µs`
  const share = readable(costs.usableShare)
  const questionMs = readable((costs.questionCpu + costs.apiCpu) * 1e3)
  const verified = readable(figureOf(figures, 'proof', 'verify_rows_per_cpu_second'))
  return table([
    ['agents', 'how', ...agentCounts.map(readable)],
    row('spans a day', `agents × ${readable(inputs.spans_per_agent_day)}`, ({ load }) =>
      readable(load.spansPerDay),
    ),
    row(
      'spans a second, busiest hour',
      `spans a day / 86,400 × ${inputs.peak_to_mean}`,
      ({ load }) => readable(load.spansPerSecond),
    ),
    row(
      'network to the collectors, a second',
      `spans a second × ${readable(costs.bodyBytes)} bytes`,
      ({ load }) => bytes(load.spansPerSecond * costs.bodyBytes),
    ),
    row(
      'cores of the collectors',
      `spans a second × ${micro(costs.collectorCpu)} / ${share}`,
      ({ load }) => readable((load.spansPerSecond * costs.collectorCpu) / costs.usableShare),
    ),
    row(
      'cores of the engine, each copy',
      `spans a second × ${micro(costs.engineCpu)} / ${share}`,
      ({ load }) => readable((load.spansPerSecond * costs.engineCpu) / costs.usableShare),
    ),
    row('cores for questions', `questions a second × ${questionMs} ms / ${share}`, ({ load }) =>
      readable((load.questionsPerSecond * (costs.questionCpu + costs.apiCpu)) / costs.usableShare),
    ),
    row(
      'tables, a month, each copy',
      `spans of ${monthDays} days × ${readable(costs.storedBytes)} bytes`,
      ({ load }) => bytes(load.spansPerDay * monthDays * costs.storedBytes),
    ),
    row(
      'trees, a month',
      `spans of ${monthDays} days × ${readable(costs.treeBytes)} bytes`,
      ({ load }) => bytes(load.spansPerDay * monthDays * costs.treeBytes),
    ),
    row(
      'hours until a collector’s log is full, ClickHouse away',
      `the log’s ${inputs.log_gib} GiB / (spans a second of one collector × ${readable(costs.logBytes)} bytes)`,
      (sized) => readable(hoursOfLog(sized)),
    ),
    row(
      'hours of one core to verify a month',
      `spans of ${monthDays} days / ${verified} a second`,
      ({ load }) => readable((load.spansPerDay * monthDays) / costs.verifiedPerCpuSecond / 3_600),
    ),
  ])
}

function hoursOfLog({ costs, inputs, load, collectors }: Sized): number {
  const bytesPerSecond = (load.spansPerSecond / collectors) * costs.logBytes
  return (inputs.log_gib * 1024 ** 3) / bytesPerSecond / 3_600
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

function bytes(value: number): string {
  const step = Math.min(Math.max(Math.floor(Math.log10(value) / 3), 0), units.length - 1)
  return `${readable(value / 1_000 ** step)} ${units[step]}`
}
