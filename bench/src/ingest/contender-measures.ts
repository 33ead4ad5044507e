import { percentile } from '../percentile.ts'
import type { ContenderFigures } from './compare-ingest.ts'
import { fullLoadFigures } from './full-load-figures.ts'
import type { Round } from './run-round.ts'
import type { Taken } from './taken-measure.ts'

/** CPU for one span of the rounds, in microseconds; the engine's with the merges that followed and its share of the last ones. */
export interface SpanCpu {
  readonly collector: number
  readonly engine: number
  readonly lastMerge: number
}

/** What a span cost a contender in all rounds together. */
export function spanCpu({ plain, merged }: ContenderFigures): SpanCpu {
  const spans = sum(plain, (round) => round.spans)
  const lastMerge = (merged.engineCpuSeconds / merged.rows) * 1e6
  return {
    collector: (sum(plain, (round) => round.collectorCpuSeconds) / spans) * 1e6,
    engine: (sum(plain, (round) => round.engineCpuSeconds) / spans) * 1e6 + lastMerge,
    lastMerge,
  }
}

/** Bytes on disk a span, all parts merged. */
export function storedBytesPerSpan({ merged }: ContenderFigures): number {
  return merged.storedBytes / merged.rows
}

/** A contender's own measures, each named after it. */
export function contenderMeasures(contender: ContenderFigures): Taken[] {
  return [
    ...costs(contender),
    ...stored(contender),
    ...atHalfLoad(contender),
    ...atFullLoad(contender),
  ].map((taken) => ({ ...taken, name: `${contender.name}_${taken.name}` }))
}

function costs(contender: ContenderFigures): Taken[] {
  const { plain, gzip } = contender
  const cpu = spanCpu(contender)
  const perSpan = (seconds: (round: Round) => number): number[] =>
    plain.map((round) => (seconds(round) / round.spans) * 1e6)
  const peak = 'highest resident memory over the whole run'
  return [
    {
      name: 'cpu_us_per_span_collector',
      unit: 'us',
      of: 'collector, all its threads; all rounds together',
      value: cpu.collector,
      values: perSpan(({ collectorCpuSeconds }) => collectorCpuSeconds),
      needsUsage: true,
    },
    {
      name: 'cpu_us_per_span_engine',
      unit: 'us',
      of: 'engine, all its threads, with its merges until each partition is one part; all rounds together, the spread without the last merge',
      value: cpu.engine,
      values: perSpan(({ engineCpuSeconds }) => engineCpuSeconds),
      needsUsage: true,
    },
    {
      name: 'cpu_us_per_span_last_merge',
      unit: 'us',
      of: 'part of the engine’s: merging all that was stored into one part a partition',
      values: [cpu.lastMerge],
      needsUsage: true,
    },
    {
      name: 'spans_per_second',
      unit: 'spans/s',
      of: 'until nine tenths of the spans are in the engine, plain, 8 connections',
      values: plain.map(({ spansPerSecond }) => spansPerSecond),
    },
    {
      name: 'collector_gzip_cost_ratio',
      unit: 'ratio',
      of: 'CPU of the collector a span: requests in gzip / plain',
      values: gzip.flatMap((round, index) => {
        const other = plain[index]
        const cost = ({ collectorCpuSeconds, spans }: Round): number => collectorCpuSeconds / spans
        return other === undefined ? [] : [cost(round) / cost(other)]
      }),
      needsUsage: true,
    },
    {
      name: 'collector_memory_peak',
      unit: 'bytes',
      of: peak,
      values: [contender.collectorBytesPeak],
      needsUsage: true,
    },
    {
      name: 'engine_memory_peak',
      unit: 'bytes',
      of: peak,
      values: [contender.engineBytesPeak],
      needsUsage: true,
    },
    {
      name: 'refusals',
      unit: 'count',
      of: 'answers 429 and 503 over all rounds, each sent again',
      values: [sum([...plain, ...gzip], (round) => round.refusals)],
    },
  ]
}

function stored(contender: ContenderFigures): Taken[] {
  const { merged, passes, passesInRounds } = contender
  return [
    {
      name: 'stored_bytes_per_span',
      unit: 'bytes',
      of: 'all tables, parts merged',
      values: [storedBytesPerSpan(contender)],
    },
    {
      name: 'tree_bytes_per_span',
      unit: 'bytes',
      of: 'kept for good beside the engine: the tree',
      values: [merged.treeBytes / merged.rows],
    },
    {
      name: 'merge_passes',
      unit: 'ratio',
      of: `bytes that merges read / bytes that inserts wrote, all tables; ${passesInRounds.toFixed(1)} of it in the rounds, the rest in the last merges`,
      values: [passes],
    },
  ]
}

function atHalfLoad({ halfLoad }: ContenderFigures): Taken[] {
  const of = `at half load, which is ${Math.round(halfLoad.spans / halfLoad.seconds)} spans/s`
  const at = (name: string, values: readonly number[], share: number): Taken => ({
    name,
    unit: 's',
    of,
    values: [percentile(values, share)],
  })
  return [
    at('acknowledge_p50', halfLoad.acknowledgeSeconds, 0.5),
    at('acknowledge_p99', halfLoad.acknowledgeSeconds, 0.99),
    at('ack_to_queryable_p50', halfLoad.queryableSeconds, 0.5),
    at('ack_to_queryable_p99', halfLoad.queryableSeconds, 0.99),
  ]
}

function atFullLoad({ fullLoad }: ContenderFigures): Taken[] {
  if (fullLoad === undefined) return []
  const figures = fullLoadFigures(fullLoad)
  const { logBytesPerSecond, logBytesPerSpan } = figures
  const { outcome } = fullLoad
  const minutes = `${(outcome.seconds / 60).toFixed(1)} minutes of full load`
  return [
    {
      name: 'sustained_spans_per_second',
      unit: 'spans/s',
      of: `into the engine, in the last four fifths of ${minutes}`,
      values: [figures.storedPerSecond],
    },
    {
      name: 'sustained_cpu_us_per_span',
      unit: 'us',
      of: `collector and engine with the merges of that time, in the last four fifths of ${minutes}`,
      values: [figures.cpuUsPerSpan],
      needsUsage: true,
    },
    {
      name: 'log_grows_share',
      unit: 'share',
      of: `spans that were acknowledged in ${minutes} and not in the engine at its end / acknowledged`,
      values: [figures.unstoredShare],
    },
    {
      name: 'log_grows_bytes_per_second',
      unit: 'bytes/s',
      of: `the log before the engine, in the last four fifths of ${minutes}, by least squares`,
      values: logBytesPerSecond === undefined ? [] : [logBytesPerSecond],
      why: 'it has no log whose size it tells',
    },
    {
      name: 'log_bytes_per_span',
      unit: 'bytes',
      of: `the log at the end of ${minutes} / spans that were not in the engine then`,
      values: logBytesPerSpan === undefined ? [] : [logBytesPerSpan],
      why: 'it has no log whose size it tells, or there was little in it',
    },
    {
      name: 'full_load_refusals',
      unit: 'count',
      of: `answers 429 and 503 in ${minutes}, each sent again`,
      values: [outcome.refusals],
    },
  ]
}

function sum(rounds: readonly Round[], value: (round: Round) => number): number {
  return rounds.reduce((total, round) => total + value(round), 0)
}
