import type { Measure } from '../bench.ts'
import type { Machine } from '../machine.ts'
import type { Swept } from './draw-load.ts'

const begins =
  '<!-- written by `npm run bench -- ingest`; what stands between these lines is not kept -->'
const ends = '<!-- the write path’s tables end -->'

/** A whole run. */
export interface IngestRun {
  readonly machine: Machine
  /** What was measured, as git names it. */
  readonly version: string
  readonly rounds: number
  readonly measures: readonly Measure[]
  readonly swept: readonly Swept[]
}

/** Puts the tables of a whole run into the page, in the place of those that are there. */
export function withIngestTable(page: string, run: IngestRun): string {
  const from = page.indexOf(begins)
  const to = page.indexOf(ends)
  if (from < 0 || to < from) throw new Error('the page has no place for the tables')
  const parts = [origin(run), goals(run.measures), contenders(run.measures), levels(run.swept)]
  return `${page.slice(0, from)}${begins}\n\n${parts.join('\n')}\n${page.slice(to)}`
}

function origin({ machine, version, rounds }: IngestRun): string {
  const memory = Math.round(machine.memory_bytes / 1024 ** 3)
  return `Commit \`${version}\`, ${machine.date.slice(0, 16).replace('T', ' ')} UTC: ${machine.cpu}, ${machine.cores} cores, ${memory} GiB, ${machine.platform}, kernel ${machine.kernel}, Node ${machine.node}.
Load average at the start: ${machine.load_before.toFixed(1)}. Median of ${rounds} rounds, lowest and highest in brackets.
`
}

interface Goal {
  readonly name: string
  readonly words: string
  readonly isMet: (value: number) => boolean
}

const goalOf: readonly Goal[] = [
  {
    name: 'spans_per_cpu_second_ratio_to_otelcol',
    words: 'at least 1.5',
    isMet: (value) => value >= 1.5,
  },
  {
    name: 'spans_per_cpu_second_ratio_to_otelcol_fsync',
    words: 'at least 2',
    isMet: (value) => value >= 2,
  },
  {
    name: 'spans_per_cpu_second_ratio_to_otelcol_fsync_redact',
    words: 'at least 5',
    isMet: (value) => value >= 5,
  },
  {
    name: 'stored_bytes_per_span_ratio_to_otelcol',
    words: 'at most 0.9',
    isMet: (value) => value <= 0.9,
  },
  { name: 'ack_to_queryable_p99_s', words: 'at most 1', isMet: (value) => value <= 1 },
  { name: 'log_grows_share', words: 'at most 0.01', isMet: (value) => value <= 0.01 },
]
const told = [
  ...goalOf.map(({ name }) => name),
  'sustained_rate_ratio_to_otelcol',
  'spans_per_cpu_second_ratio_to_otelcol_tuned',
  'spans_per_cpu_second_gzip_ratio_to_otelcol',
  'spans_per_second_ratio_to_otelcol',
]

function goals(measures: readonly Measure[]): string {
  const rows = told.flatMap((name) => {
    const found = measures.find((measure) => measure.name === name)
    if (found === undefined) return []
    const goal = goalOf.find((each) => each.name === name)
    const { value, spread } = found
    const range = spread === undefined ? '' : ` (${spread.map((at) => at.toFixed(2)).join('–')})`
    const verdict =
      goal === undefined || value === null ? '' : goal.isMet(value) ? 'met' : 'not met'
    const words = value === null ? `not taken: ${found.why ?? ''}` : `${value.toFixed(2)}${range}`
    return [[`\`${name}\``, words, goal?.words ?? '–', verdict]]
  })
  return table([['measure', 'this run', 'goal', ''], ...rows])
}

type Format = (value: number) => string

const mebibytes: Format = (value) => count(value / 1024 ** 2)
const milliseconds: Format = (value) => (value * 1000).toFixed(0)
const count: Format = (value) => Math.round(value).toLocaleString('en-US')
const one: Format = (value) => value.toFixed(1)
const two: Format = (value) => value.toFixed(2)
const three: Format = (value) => value.toFixed(3)

/** Rows of the comparison: their words, the ends of the measures' names (of two: a pair), and how they are written. */
const compared: readonly (readonly [string, readonly string[], Format])[] = [
  ['CPU of the collector, µs a span', ['cpu_us_per_span_collector'], one],
  ['CPU of the engine with its merges, µs a span', ['cpu_us_per_span_engine'], one],
  ['– of it the last merge', ['cpu_us_per_span_last_merge'], one],
  ['times that merges read a byte', ['merge_passes'], one],
  ['spans a second, wall time, all on these cores', ['spans_per_second'], count],
  [
    'spans a second into the engine, at full load for ten minutes',
    ['sustained_spans_per_second'],
    count,
  ],
  ['CPU of both in that time, µs a span', ['sustained_cpu_us_per_span'], one],
  ['acknowledged and not in the engine at its end, of all', ['log_grows_share'], three],
  ['bytes stored a span, parts merged', ['stored_bytes_per_span'], count],
  ['bytes beside the engine a span: the tree', ['tree_bytes_per_span'], count],
  ['CPU of the collector: gzip / plain', ['collector_gzip_cost_ratio'], two],
  ['peak memory of the collector, MiB', ['collector_memory_peak'], mebibytes],
  ['peak memory of the engine, MiB', ['engine_memory_peak'], mebibytes],
  [
    'acknowledgement at half load, p50 / p99, ms',
    ['acknowledge_p50', 'acknowledge_p99'],
    milliseconds,
  ],
  [
    'acknowledged to queryable at half load, p50 / p99, s',
    ['ack_to_queryable_p50', 'ack_to_queryable_p99'],
    two,
  ],
]
const columns = [
  ['whodid', 'Whodid'],
  ['otelcol', 'otelcol'],
  ['otelcol_fsync', 'otelcol, fsync'],
  ['otelcol_fsync_redact', 'otelcol, fsync and redaction'],
  ['otelcol_tuned', 'otelcol, tuned'],
] as const

function contenders(measures: readonly Measure[]): string {
  const cell = (column: string, suffixes: readonly string[], format: Format): string => {
    const names = suffixes.map((suffix) => `${column}_${suffix}`)
    const values = names.map((name) => measures.find((each) => each.name === name)?.value ?? null)
    if (values.every((value) => value === null)) return '–'
    return values.map((value) => (value === null ? '–' : format(value))).join(' / ')
  }
  return table([
    ['', ...columns.map(([, title]) => title)],
    ...compared.map(([words, suffixes, format]) => [
      words,
      ...columns.map(([column]) => cell(column, suffixes, format)),
    ]),
  ])
}

function levels(swept: readonly Swept[]): string {
  const rows = swept.flatMap(({ name, levels: taken }) =>
    taken.map((level) => [
      name,
      `${Math.round(level.share * 100)} %`,
      count(level.offered),
      count(level.acknowledged),
      `${milliseconds(level.acknowledgeP50)} / ${milliseconds(level.acknowledgeP99)}`,
      `${two(level.queryableP50)} / ${two(level.queryableP99)}`,
    ]),
  )
  const head = [
    '',
    'load',
    'spans/s offered',
    'spans/s acknowledged',
    'acknowledgement p50 / p99, ms',
    'acknowledged to queryable p50 / p99, s',
  ]
  return `![Throughput and latency against load](performance/ingest-load.svg)\n\n${table([head, ...rows])}`
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows
  return [head, head.map(() => '---'), ...rest]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('')
}
