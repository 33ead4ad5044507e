import type { Measure } from '../bench.ts'
import { canReadUsage, noUsageReason } from '../process-usage.ts'
import { median, percentile, spreadOf } from '../percentile.ts'
import type { ContenderFigures, IngestFigures } from './compare-ingest.ts'
import type { Round } from './run-round.ts'

type Unit = Measure['unit']

interface Taken {
  readonly name: string
  readonly unit: Unit
  readonly of: string
  /** One a round; the value is their median. */
  readonly values: readonly number[]
  readonly why?: string | undefined
  /** Whether it rests on the CPU time or memory of another process. */
  readonly needsUsage?: boolean
}

/** Puts the figures under their names: the four fixed ones first, then each contender's own. `why` says why there is no peer. */
export function ingestMeasures(figures: IngestFigures, why: string | undefined): Measure[] {
  const [whodid, ...peers] = figures.contenders
  if (whodid === undefined) return []
  return [
    ...fixedMeasures(figures, whodid, why),
    ...peers.flatMap((peer) => ratiosTo(whodid, peer)),
    ...figures.contenders.flatMap(ownMeasures),
    ...surroundings(figures),
  ].map(measure)
}

function fixedMeasures(
  { contenders, ceiling }: IngestFigures,
  whodid: ContenderFigures,
  why: string | undefined,
): Taken[] {
  const peer = contenders.find(({ name }) => name === 'otelcol')
  const ceilingRates = ceiling.map(({ rows, engineCpuSeconds }) => rows / engineCpuSeconds)
  return [
    {
      name: 'spans_per_cpu_second_ratio_to_otelcol',
      unit: 'ratio',
      of: 'spans stored in a CPU second of collector and engine: Whodid / OpenTelemetry Collector with clickhouseexporter, as its README recommends; same spans, same engine build',
      values: peer === undefined ? [] : paired(whodid.plain, peer.plain, spansPerCpuSecond),
      why,
      needsUsage: true,
    },
    {
      name: 'rows_per_cpu_second_ratio_to_engine_ceiling',
      unit: 'ratio',
      of: 'rows in a CPU second: Whodid from request to part / INSERT … SELECT of the same rows, 38,000 at a time, into the same table',
      values: whodid.plain.map(
        (round, index) => spansPerCpuSecond(round) / (ceilingRates[index] ?? Number.NaN),
      ),
      needsUsage: true,
    },
    {
      name: 'stored_bytes_per_span_ratio_to_otelcol',
      unit: 'ratio',
      of: 'bytes on disk of all tables a span went into, parts merged: Whodid / OpenTelemetry Collector with clickhouseexporter',
      values: peer === undefined ? [] : [whodid.storedBytesPerSpan / peer.storedBytesPerSpan],
      why,
    },
    {
      name: 'ack_to_queryable_p99_s',
      unit: 's',
      of: "from a batch's acknowledgement to a SELECT that returns its last span, at half of the full load, 50 ms between two looks",
      values: [percentile(whodid.halfLoad.queryableSeconds, 0.99)],
    },
  ]
}

function ratiosTo(whodid: ContenderFigures, peer: ContenderFigures): Taken[] {
  const of = (what: string): string => `${what}: Whodid / ${peer.name}`
  const throughput = ({ spansPerSecond }: Round): number => spansPerSecond
  const taken: Taken[] = [
    {
      name: `spans_per_second_ratio_to_${peer.name}`,
      unit: 'ratio',
      of: of('spans stored in a second of wall time, load process on the same cores'),
      values: paired(whodid.plain, peer.plain, throughput),
    },
    {
      name: `spans_per_cpu_second_gzip_ratio_to_${peer.name}`,
      unit: 'ratio',
      of: of('spans stored in a CPU second, requests in gzip'),
      values: paired(whodid.gzip, peer.gzip, spansPerCpuSecond),
      needsUsage: true,
    },
  ]
  if (peer.name === 'otelcol') return taken
  return [
    ...taken,
    {
      name: `spans_per_cpu_second_ratio_to_${peer.name}`,
      unit: 'ratio',
      of: of('spans stored in a CPU second'),
      values: paired(whodid.plain, peer.plain, spansPerCpuSecond),
      needsUsage: true,
    },
  ]
}

function ownMeasures(contender: ContenderFigures): Taken[] {
  const { name, plain, gzip, halfLoad } = contender
  const own = (suffix: string, unit: Unit, rest: Omit<Taken, 'name' | 'unit'>): Taken => ({
    name: `${name}_${suffix}`,
    unit,
    ...rest,
  })
  const perMillion = (cpu: (round: Round) => number) => (round: Round) =>
    (cpu(round) / round.spans) * 1e6
  const collector = perMillion(({ collectorCpuSeconds }) => collectorCpuSeconds)
  const engine = perMillion(({ engineCpuSeconds }) => engineCpuSeconds)
  const atHalf = `at half load, which is ${Math.round(halfLoad.spans / halfLoad.seconds)} spans/s`
  const seconds = (
    values: readonly number[],
    share: number,
  ): Omit<Taken, 'name' | 'unit' | 'of'> => ({
    values: [percentile(values, share)],
  })
  const peak = 'highest resident memory over all rounds'
  return [
    own('spans_per_second', 'spans/s', {
      of: 'until nine tenths of the spans are in the engine, plain, 8 connections',
      values: plain.map(({ spansPerSecond }) => spansPerSecond),
    }),
    own('collector_cpu_per_million', 's/million', {
      of: 'collector, plain',
      values: plain.map(collector),
      needsUsage: true,
    }),
    own('engine_cpu_per_million', 's/million', {
      of: 'engine with its merges, plain',
      values: plain.map(engine),
      needsUsage: true,
    }),
    own('collector_gzip_cost_ratio', 'ratio', {
      of: 'CPU of the collector: requests in gzip / plain',
      values: paired(gzip, plain, collector),
      needsUsage: true,
    }),
    own('collector_memory_peak', 'bytes', {
      of: peak,
      values: [contender.collectorBytesPeak],
      needsUsage: true,
    }),
    own('engine_memory_peak', 'bytes', {
      of: peak,
      values: [contender.engineBytesPeak],
      needsUsage: true,
    }),
    own('stored_bytes_per_span', 'bytes', {
      of: 'all tables, parts merged',
      values: [contender.storedBytesPerSpan],
    }),
    own('acknowledge_p50', 's', { of: atHalf, ...seconds(halfLoad.acknowledgeSeconds, 0.5) }),
    own('acknowledge_p99', 's', { of: atHalf, ...seconds(halfLoad.acknowledgeSeconds, 0.99) }),
    own('ack_to_queryable_p50', 's', { of: atHalf, ...seconds(halfLoad.queryableSeconds, 0.5) }),
    own('ack_to_queryable_p99', 's', { of: atHalf, ...seconds(halfLoad.queryableSeconds, 0.99) }),
    own('refusals', 'count', {
      of: 'answers 429 and 503 over all rounds, each sent again',
      values: [refusals([...plain, ...gzip])],
    }),
  ]
}

function surroundings(figures: IngestFigures): Taken[] {
  return [
    {
      name: 'engine_ceiling_cpu_per_million',
      unit: 's/million',
      of: 'INSERT … SELECT into the ledger, with its merges',
      values: figures.ceiling.map(({ rows, engineCpuSeconds }) => (engineCpuSeconds / rows) * 1e6),
      needsUsage: true,
    },
    {
      name: 'engine_idle_cpu_share',
      unit: 'share',
      of: 'of one core, while nothing is sent; part of every CPU figure',
      values: [figures.engineIdleShare],
      needsUsage: true,
    },
    {
      name: 'body_bytes_per_span',
      unit: 'bytes',
      of: 'OTLP/protobuf before compression',
      values: [figures.bodyBytesPerSpan],
    },
  ]
}

function spansPerCpuSecond(round: Round): number {
  return round.spans / (round.collectorCpuSeconds + round.engineCpuSeconds)
}

/** Round by round, so that what else the machine did in a round weighs on both sides. */
function paired(
  ours: readonly Round[],
  theirs: readonly Round[],
  value: (round: Round) => number,
): number[] {
  return ours.flatMap((round, index) => {
    const other = theirs[index]
    return other === undefined ? [] : [value(round) / value(other)]
  })
}

function refusals(rounds: readonly Round[]): number {
  return rounds.reduce((sum, round) => sum + round.refusals, 0)
}

function measure({ name, unit, of, values, why, needsUsage }: Taken): Measure {
  if (needsUsage === true && !canReadUsage)
    return { name, value: null, unit, of, why: noUsageReason }
  const value = median(values)
  if (!Number.isFinite(value))
    return { name, value: null, unit, of, why: why ?? 'too little was measured' }
  if (values.length < 2) return { name, value, unit, of }
  return { name, value, unit, of, spread: spreadOf(values) }
}
