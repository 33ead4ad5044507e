import type { Measure } from '../bench.ts'
import type { Crowd } from './ask-crowd.ts'
import { tellParts } from './close-months.ts'
import type { BusyResult } from './measure-busy.ts'
import type { KindLatency, SizeResult } from './measure-size.ts'

/** The sizes that the fixed names speak of. */
const namedSizes = [
  { label: '1m', rows: 1_000_000 },
  { label: '10m', rows: 10_000_000 },
  { label: '100m', rows: 100_000_000 },
] as const
type SizeLabel = (typeof namedSizes)[number]['label']

/** Puts the figures under their names: those that are fixed, each the worst over all kinds of handle, and what explains them. */
export function askMeasures(results: readonly SizeResult[]): Measure[] {
  const last = results.at(-1)
  if (last === undefined) return []
  return [
    toSelectOne('p50_ratio_to_select_1', last),
    ...namedSizes.map(({ label }) => toSelectOneAt(results, label)),
    growth(results, '100m'),
    growth(results, '10m'),
    worst(last, {
      name: 'p99_ratio_to_p50',
      value: ({ warm }) => warm.p99 / warm.p50,
      of: `time of a question, of ${count(last.rows)} spans: 99th percentile / median`,
    }),
    ...quietMeasures(last),
    ...busyMeasures(last, last.busy),
  ]
}

function toSelectOne(name: string, result: SizeResult): Measure {
  return worst(result, {
    name,
    value: ({ warm, selectOneP50 }) => warm.p50 / selectOneP50,
    of: `median time of a question over HTTP, reads recorded, of ${count(result.rows)} spans / SELECT 1 by the same client, back to back, beside it`,
  })
}

function toSelectOneAt(results: readonly SizeResult[], label: SizeLabel): Measure {
  const name = `p50_ratio_to_select_1_at_${label}`
  const found = atSize(results, label)
  if (typeof found !== 'string') return toSelectOne(name, found)
  const of = `median time of a question / SELECT 1, of a ledger of ${label.toUpperCase()} spans`
  return { name, value: null, unit: 'ratio', of, why: found }
}

function growth(results: readonly SizeResult[], label: SizeLabel): Measure {
  const name = `p50_ratio_${label}_to_1m`
  const of = `median time of a question: ${label.toUpperCase()} spans / 1M`
  const [small, large] = [atSize(results, '1m'), atSize(results, label)]
  for (const missing of [large, small])
    if (typeof missing === 'string') return { name, value: null, unit: 'ratio', of, why: missing }
  if (typeof small === 'string' || typeof large === 'string') throw new Error('checked above')
  const smallP50 = (kind: KindLatency['kind']): number =>
    small.kinds.find((each) => each.kind === kind)?.warm.p50 ?? Number.NaN
  return worst(large, { name, of, value: ({ kind, warm }) => warm.p50 / smallP50(kind) })
}

/** The measured ledger of that size, or why there is none. */
function atSize(results: readonly SizeResult[], label: SizeLabel): SizeResult | string {
  const wanted = namedSizes.find((each) => each.label === label)?.rows ?? 0
  const found = results.find(({ size }) => size === wanted)
  if (found !== undefined) return found
  const sizes = results.map(({ rows }) => count(rows)).join(' and ')
  return `the ledger was filled to ${sizes} spans: --rows-max ${Math.max(wanted, 1_000_000)} takes it`
}

function quietMeasures(last: SizeResult): Measure[] {
  const cpu = 'CPU of a question when nobody else asks, mean of all kinds'
  const of = `of ${count(last.rows)} spans`
  return [
    worst(last, {
      name: 'cold_p50_ratio_to_warm',
      value: ({ cold, warm }) => cold.p50 / warm.p50,
      of: 'median time: first asked after a start of the engine / asked again',
    }),
    worst(last, {
      name: 'statements_max',
      unit: 'count',
      value: ({ warm }) => warm.statementsMax,
      of: 'most statements that one question took',
    }),
    worst(last, {
      name: 'rows_read_max',
      unit: 'count',
      value: ({ warm }) => warm.rowsMax,
      of: 'most rows that one question read',
    }),
    { name: 'lone_p50_ms', value: last.loneP50, unit: 'ms', of: `question, all kinds, ${of}` },
    worst(last, {
      name: 'select_1_p50_ms',
      unit: 'ms',
      value: ({ selectOneP50 }) => selectOneP50,
      of: 'SELECT 1 back to back, beside the questions of a kind',
    }),
    { name: 'api_cpu_ms_per_question', value: last.apiCpuMs, unit: 'ms', of: `API: ${cpu}, ${of}` },
    {
      name: 'engine_cpu_ms_per_question',
      value: last.engineCpuMs,
      unit: 'ms',
      of: `engine: ${cpu}, ${of}`,
    },
    {
      name: 'parts',
      value: last.parts.reduce((sum, each) => sum + each.parts, 0),
      unit: 'count',
      of: `parts of the ledger’s tables, by month: ${tellParts(last.parts)}`,
    },
  ]
}

function busyMeasures(last: SizeResult, busy: BusyResult | undefined): Measure[] {
  if (busy === undefined) return []
  const p50Of = (kind: KindLatency['kind']): number =>
    busy.writing.find((each) => each.kind === kind)?.latency.p50 ?? Number.NaN
  const selectOneOf = (kind: KindLatency['kind']): number =>
    busy.writing.find((each) => each.kind === kind)?.selectOneP50 ?? Number.NaN
  const writes = `while the collector writes ${Math.round(busy.writingSpansPerSecond)} spans/s, half of its full load`
  return [
    ...crowdMeasures(last, { crowd: busy.crowd, prefix: 'crowd', words: 'nothing else going on' }),
    ...crowdMeasures(last, {
      crowd: busy.crowdWhileWriting,
      prefix: 'crowd_writing',
      words: writes,
    }),
    worst(last, {
      name: 'writing_p50_ratio_to_quiet',
      value: ({ kind, warm }) => p50Of(kind) / warm.p50,
      of: `median time of a question: ${writes} / alone`,
    }),
    worst(last, {
      name: 'writing_p50_ratio_to_select_1',
      value: ({ kind }) => p50Of(kind) / selectOneOf(kind),
      of: `median time of a question / SELECT 1 back to back, both ${writes}`,
    }),
  ]
}

function crowdMeasures(
  last: SizeResult,
  {
    crowd,
    prefix,
    words,
  }: { readonly crowd: Crowd; readonly prefix: string; readonly words: string },
): Measure[] {
  const { askers, latency, answersPerSecond, errors, residentBytesPeaks } = crowd
  const of = `${askers} askers at once, of every kind of handle in turn, on the same cores, ${words}`
  const ratio = latency.p99 / last.loneP50
  return [
    {
      name: `${prefix}_p99_ratio_to_p50`,
      unit: 'ratio',
      of: `time of a question: 99th percentile of ${of} / median of one alone`,
      ...(Number.isFinite(ratio) ? { value: ratio } : { value: null, why: 'nothing was answered' }),
    },
    { name: `${prefix}_answers_per_second`, value: answersPerSecond, unit: 'answers/s', of },
    {
      name: `${prefix}_errors`,
      value: errors.length,
      unit: 'count',
      of: `questions without an answer, of ${latency.count + errors.length} of ${of}`,
    },
    {
      name: `${prefix}_api_bytes_peak`,
      value: residentBytesPeaks.api,
      unit: 'bytes',
      of: `resident memory of the API, its highest so far, ${words}`,
    },
    {
      name: `${prefix}_engine_bytes_peak`,
      value: residentBytesPeaks.engine,
      unit: 'bytes',
      of: `resident memory of the engine, its highest so far, ${words}`,
    },
  ]
}

interface Worst {
  readonly name: string
  readonly value: (kind: KindLatency) => number
  readonly of: string
  readonly unit?: Measure['unit']
}

/** The highest over all kinds that could be asked for, and which kind it is. */
function worst({ kinds }: SizeResult, { name, value, of, unit = 'ratio' }: Worst): Measure {
  const values = kinds
    .map((each) => ({ kind: each.kind, at: value(each) }))
    .filter(({ at }) => Number.isFinite(at))
    .toSorted((left, right) => right.at - left.at)
  const [highest, lowest] = [values[0], values.at(-1)]
  if (highest === undefined || lowest === undefined)
    return { name, value: null, unit, of, why: 'no handle could be asked for' }
  const { at, kind } = highest
  return { name, value: at, unit, of: `${of}; the worst, ${kind}`, spread: [lowest.at, at] }
}

function count(rows: number): string {
  return rows.toLocaleString('en-US')
}
