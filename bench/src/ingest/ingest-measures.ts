import type { Measure } from '../bench.ts'
import { median, percentile } from '../percentile.ts'
import type { ContenderFigures, IngestFigures } from './compare-ingest.ts'
import { contenderMeasures, spanCpu, storedBytesPerSpan } from './contender-measures.ts'
import { fullLoadFigures } from './full-load-figures.ts'
import { otelcolSettings } from './otelcol-yaml.ts'
import type { OtelcolSettings } from './otelcol-yaml.ts'
import type { Round } from './run-round.ts'
import { takenMeasure } from './taken-measure.ts'
import type { Taken } from './taken-measure.ts'

/** What each peer is, in the words of a measure. */
const peerWords: Readonly<Record<OtelcolSettings, string>> = {
  otelcol: 'OpenTelemetry Collector with clickhouseexporter as its README recommends',
  otelcol_fsync: 'the same with its persistent queue, flushed to the disk before it acknowledges',
  otelcol_fsync_redact: 'the same with that queue and its redaction processor',
  otelcol_tuned: 'the same with larger batches, no compression, no async_insert',
}

/** Puts the figures under their names: the fixed ones first, then each contender's own. `why` says why there is no peer. */
export function ingestMeasures(figures: IngestFigures, why: string | undefined): Measure[] {
  const [whodid, ...peers] = figures.contenders
  if (whodid === undefined) return []
  const plain = peers.find(({ name }) => name === 'otelcol')
  return [
    ...otelcolSettings.map((name) => cpuRatio(whodid, { name, peers, why })),
    ...ownCosts(whodid),
    storedRatio(whodid, { plain, why }),
    {
      name: 'ack_to_queryable_p99_s',
      unit: 's' as const,
      of: "from a batch's acknowledgement to a SELECT that returns its last span, at half of the full load, 50 ms between two looks",
      values: [percentile(whodid.halfLoad.queryableSeconds, 0.99)],
    },
    ...sustained(whodid, { plain, why }),
    ...peers.flatMap((peer) => otherRatios(whodid, peer)),
    ...figures.contenders.flatMap(contenderMeasures),
    ...surroundings(figures),
  ].map(takenMeasure)
}

interface PeerSought {
  readonly name: OtelcolSettings
  readonly peers: readonly ContenderFigures[]
  readonly why: string | undefined
}

function cpuRatio(whodid: ContenderFigures, { name, peers, why }: PeerSought): Taken {
  const taken = {
    name: `spans_per_cpu_second_ratio_to_${name}`,
    unit: 'ratio',
    of: `spans stored in a CPU second of collector and engine, merges included until each partition is one part, all rounds together (the spread: round by round, without the last merge): Whodid / ${peerWords[name]}; same spans, same engine build`,
    needsUsage: true,
  } as const
  const peer = peers.find((each) => each.name === name)
  if (peer === undefined) return { ...taken, values: [], why }
  const whole = ({ collector, engine }: ReturnType<typeof spanCpu>): number => collector + engine
  return {
    ...taken,
    value: whole(spanCpu(peer)) / whole(spanCpu(whodid)),
    values: paired(whodid.plain, peer.plain, spansPerCpuSecond),
  }
}

function ownCosts(whodid: ContenderFigures): Taken[] {
  const { collector, engine } = spanCpu(whodid)
  return [
    {
      name: 'cpu_us_per_span_collector',
      unit: 'us',
      of: 'Whodid’s collector, all its threads, from the request to its acknowledgement and the insert',
      values: [collector],
      needsUsage: true,
    },
    {
      name: 'cpu_us_per_span_engine',
      unit: 'us',
      of: 'Whodid’s engine, all its threads, with its merges until each partition is one part',
      values: [engine],
      needsUsage: true,
    },
  ]
}

interface PlainPeer {
  readonly plain: ContenderFigures | undefined
  readonly why: string | undefined
}

function storedRatio(whodid: ContenderFigures, { plain, why }: PlainPeer): Taken {
  return {
    name: 'stored_bytes_per_span_ratio_to_otelcol',
    unit: 'ratio',
    of: 'bytes on disk of all tables a span went into, parts merged: Whodid / OpenTelemetry Collector with clickhouseexporter',
    values: plain === undefined ? [] : [storedBytesPerSpan(whodid) / storedBytesPerSpan(plain)],
    why,
  }
}

function sustained(whodid: ContenderFigures, { plain, why }: PlainPeer): Taken[] {
  const own = whodid.fullLoad === undefined ? undefined : fullLoadFigures(whodid.fullLoad)
  const other = plain?.fullLoad === undefined ? undefined : fullLoadFigures(plain.fullLoad)
  const minutes = `${((whodid.fullLoad?.outcome.seconds ?? 0) / 60).toFixed(1)} minutes of full load`
  return [
    {
      name: 'sustained_rate_ratio_to_otelcol',
      unit: 'ratio',
      of: `spans that came into the engine in a second, in the last four fifths of ${minutes}, load process on the same cores: Whodid / OpenTelemetry Collector with clickhouseexporter`,
      values:
        own === undefined || other === undefined
          ? []
          : [own.storedPerSecond / other.storedPerSecond],
      why,
    },
    {
      name: 'log_grows_share',
      unit: 'share',
      of: `spans that Whodid had acknowledged in ${minutes} and that were not in its engine at the end / acknowledged; near 0 when the engine keeps up`,
      values: own === undefined ? [] : [own.unstoredShare],
    },
  ]
}

function otherRatios(whodid: ContenderFigures, peer: ContenderFigures): Taken[] {
  return [
    {
      name: `spans_per_second_ratio_to_${peer.name}`,
      unit: 'ratio',
      of: `spans stored in a second of wall time, load process on the same cores: Whodid / ${peer.name}`,
      values: paired(whodid.plain, peer.plain, ({ spansPerSecond }) => spansPerSecond),
    },
    {
      name: `spans_per_cpu_second_gzip_ratio_to_${peer.name}`,
      unit: 'ratio',
      of: `spans stored in a CPU second, requests in gzip: Whodid / ${peer.name}`,
      values: paired(whodid.gzip, peer.gzip, spansPerCpuSecond),
      needsUsage: true,
    },
  ]
}

function surroundings(figures: IngestFigures): Taken[] {
  const rounds = figures.contenders.flatMap(({ plain }) => plain.map(({ spans }) => spans))
  return [
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
    {
      name: 'spans_per_round',
      unit: 'count',
      of: 'each contender',
      value: median(rounds),
      values: [],
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
