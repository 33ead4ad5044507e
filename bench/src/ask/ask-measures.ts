import type { Measure } from '../bench.ts'
import { tellParts } from './close-months.ts'
import type { KindLatency, SizeResult } from './measure-size.ts'

const million = 1_000_000

/** The measures of the fixed names, each the worst over the kinds that name one thing, and what explains them. */
export function askMeasures(results: readonly SizeResult[]): Measure[] {
  const last = results.at(-1)
  if (last === undefined) return []
  const first = results[0] ?? last
  const rows = last.rows.toLocaleString('en-US')
  return [
    growth(first, last),
    worst(
      'p50_ratio_to_select_1',
      last,
      ({ warm }) => warm.p50 / last.selectOneP50,
      `median time of a question, of ${rows} spans / SELECT 1 by the same client in between`,
    ),
    worst(
      'p99_ratio_to_p50',
      last,
      ({ warm }) => warm.p99 / warm.p50,
      `time of a question, of ${rows} spans: 99th percentile / median`,
    ),
    worst(
      'cold_p50_ratio_to_warm',
      last,
      ({ cold, warm }) => cold.p50 / warm.p50,
      'median time: first asked after a start of the engine / asked again',
    ),
    worst(
      'rows_read_max',
      last,
      ({ warm }) => warm.rowsMax,
      'most rows that one question read',
      'count',
    ),
    {
      name: 'parts',
      value: last.parts.reduce((sum, each) => sum + each.parts, 0),
      unit: 'count',
      of: `parts of the ledger’s tables, by month: ${tellParts(last.parts)}`,
    },
    ...busyMeasures(last),
  ]
}

function growth(first: SizeResult, last: SizeResult): Measure {
  const name = 'p50_ratio_100m_to_1m'
  const of = 'median time of a question: 100 million spans / 1 million'
  const isWhole = first.rows < 1.1 * million && last.rows > 99 * million
  if (!isWhole)
    return {
      name,
      value: null,
      unit: 'ratio',
      of,
      why: `the ledger grew to ${last.rows} spans: --rows-max 100000000 takes it`,
    }
  return worst(
    name,
    last,
    (kind) => kind.warm.p50 / (sameKind(first, kind)?.warm.p50 ?? Number.NaN),
    of,
  )
}

function busyMeasures(last: SizeResult): Measure[] {
  const { crowd } = last
  if (crowd === undefined) return []
  const lone = Math.max(...last.kinds.map(({ warm }) => warm.p50))
  return [
    worst(
      'writing_p50_ratio_to_alone',
      last,
      ({ writing, warm }) => (writing?.p50 ?? Number.NaN) / warm.p50,
      'median time: while the collector writes at half load / alone',
    ),
    {
      name: 'crowd_p99_ratio_to_lone_p50',
      value: crowd.latency.p99 / lone,
      unit: 'ratio',
      of: `time of a question: 99th percentile of ${crowd.askers} askers at once while the collector writes at half load / median of one alone`,
    },
    {
      name: 'crowd_errors',
      value: crowd.errors.length,
      unit: 'count',
      of: `questions without an answer, of ${crowd.latency.count + crowd.errors.length} of ${crowd.askers} askers at once`,
    },
    {
      name: 'api_bytes_peak',
      value: crowd.apiBytesPeak,
      unit: 'bytes',
      of: 'resident memory of the API, its highest',
    },
    {
      name: 'engine_bytes_peak',
      value: crowd.engineBytesPeak,
      unit: 'bytes',
      of: 'resident memory of the engine, its highest',
    },
  ]
}

function sameKind(result: SizeResult, { kind }: KindLatency): KindLatency | undefined {
  return result.kinds.find((each) => each.kind === kind)
}

function worst(
  name: string,
  { kinds }: SizeResult,
  ...[value, of, unit = 'ratio']: [(kind: KindLatency) => number, string, Measure['unit']?]
): Measure {
  const values = kinds.map(value)
  const most = Math.max(...values)
  const at = kinds[values.indexOf(most)]?.kind ?? ''
  return {
    name,
    value: most,
    unit,
    of: `${of}; the worst, ${at}`,
    spread: [Math.min(...values), most],
  }
}
