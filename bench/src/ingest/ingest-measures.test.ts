import { describe, expect, it } from 'vitest'
import type { Measure } from '../bench.ts'
import type { ContenderFigures, IngestFigures } from './compare-ingest.ts'
import { fullLoadFigures } from './full-load-figures.ts'
import type { FullLoad } from './hold-full-load.ts'
import { ingestMeasures } from './ingest-measures.ts'
import { withIngestTable } from './ingest-table.ts'
import type { Round } from './run-round.ts'

const fixedNames = [
  'spans_per_cpu_second_ratio_to_otelcol',
  'spans_per_cpu_second_ratio_to_otelcol_fsync',
  'spans_per_cpu_second_ratio_to_otelcol_fsync_redact',
  'cpu_us_per_span_collector',
  'cpu_us_per_span_engine',
  'stored_bytes_per_span_ratio_to_otelcol',
  'ack_to_queryable_p99_s',
  'sustained_rate_ratio_to_otelcol',
]

describe('ingestMeasures', () => {
  const whodid = contender('whodid', { collector: 20, engine: 10, bytes: 300, rate: 9_000 })
  const otelcol = contender('otelcol', { collector: 30, engine: 30, bytes: 200, rate: 6_000 })
  const fsync = contender('otelcol_fsync', { collector: 80, engine: 30, bytes: 200, rate: 0 })
  const redact = contender('otelcol_fsync_redact', {
    collector: 180,
    engine: 30,
    bytes: 200,
    rate: 0,
  })

  it('puts ours over theirs, the last merges counted on both sides', () => {
    const found = measuresOf(figures(whodid, otelcol, fsync, redact))
    // 5 µs of the last merge on each side.
    expect(found('spans_per_cpu_second_ratio_to_otelcol').value).toBeCloseTo(65 / 35)
    expect(found('spans_per_cpu_second_ratio_to_otelcol').spread).toEqual([2, 2])
    expect(found('spans_per_cpu_second_ratio_to_otelcol_fsync').value).toBeCloseTo(115 / 35)
    expect(found('spans_per_cpu_second_ratio_to_otelcol_fsync_redact').value).toBeCloseTo(215 / 35)
    expect(found('cpu_us_per_span_collector').value).toBeCloseTo(20)
    expect(found('cpu_us_per_span_engine').value).toBeCloseTo(15)
    expect(found('stored_bytes_per_span_ratio_to_otelcol').value).toBeCloseTo(1.5)
    expect(found('whodid_tree_bytes_per_span').value).toBeCloseTo(32)
    expect(found('ack_to_queryable_p99_s').value).toBe(1)
    expect(found('sustained_rate_ratio_to_otelcol').value).toBeCloseTo(1.5)
    expect(found('log_grows_share').value).toBeCloseTo(0.1)
    expect(found('whodid_log_grows_bytes_per_second').value).toBeCloseTo(100)
  })

  it('says why each measure of a peer is missing when the peer is, and still gives ours', () => {
    const found = measuresOf(figures(whodid), 'it is not built')
    for (const name of fixedNames.filter((each) => each.includes('otelcol')))
      expect(found(name), name).toMatchObject({ value: null, why: 'it is not built' })
    for (const name of fixedNames.filter((each) => !each.includes('otelcol')))
      expect(found(name).value, name).toBeGreaterThan(0)
  })

  it('has every measure’s value or the reason that there is none', () => {
    const alone = {
      ...whodid,
      fullLoad: undefined,
      halfLoad: { ...whodid.halfLoad, queryableSeconds: [] },
    }
    for (const { name, value, why } of ingestMeasures(figures(alone), 'no peer'))
      expect(value === null ? why : Number.isFinite(value), name).toBeTruthy()
  })

  it('is told in the page, with goals and what was not taken', () => {
    const places =
      '<!-- written by `npm run bench -- ingest`; what stands between these lines is not kept -->old<!-- the write path’s tables end -->'
    const machine = {
      platform: 'p',
      kernel: 'k',
      cpu: 'c',
      cores: 2,
      memory_bytes: 2 ** 33,
      node: '20',
      load_before: 0,
      date: '2026-11-28T12:00:00Z',
    }
    const measures = ingestMeasures(figures(whodid, otelcol), 'it is not built')
    const run = { machine, version: 'abc', rounds: 1, measures, swept: [] }
    const page = withIngestTable(places, run)
    expect(page).not.toContain('old')
    expect(page).toContain(
      '| `spans_per_cpu_second_ratio_to_otelcol` | 1.86 (2.00–2.00) | at least 1.5 | met |',
    )
    expect(page).toContain(
      '| `stored_bytes_per_span_ratio_to_otelcol` | 1.50 | at most 0.9 | not met |',
    )
    expect(page).toContain('not taken: it is not built')
    expect(page).toMatch(/\| CPU of the collector, µs a span \| 20\.0 \| 30\.0 \| – \|/u)
  })
})

describe('fullLoadFigures', () => {
  it('leaves out the first fifth, in which pipes fill', () => {
    const { storedPerSecond, cpuUsPerSpan } = fullLoadFigures(fullLoad(1_000))
    expect(storedPerSecond).toBeCloseTo(1_000)
    expect(cpuUsPerSpan).toBeCloseTo(30)
  })

  it('has no rate of a load that was over at once', () => {
    const { samples, outcome } = fullLoad(1_000)
    const short = fullLoadFigures({ samples: samples.slice(0, 1), outcome })
    expect(short.storedPerSecond).toBeNaN()
    expect(short.logBytesPerSecond).toBeUndefined()
  })
})

function measuresOf(given: IngestFigures, why?: string): (name: string) => Measure {
  const measures = ingestMeasures(given, why)
  return (name) => {
    const found = measures.find((measure) => measure.name === name)
    if (found === undefined) throw new Error(`no measure ${name}`)
    return found
  }
}

function figures(...contenders: ContenderFigures[]): IngestFigures {
  return { contenders, bodyBytesPerSpan: 1_600, engineIdleShare: 0.01 }
}

interface Figures {
  readonly collector: number
  readonly engine: number
  readonly bytes: number
  readonly rate: number
}

function contender(name: string, { collector, engine, bytes, rate }: Figures): ContenderFigures {
  const round: Round = {
    spans: 1_000_000,
    spansPerSecond: 10_000,
    collectorCpuSeconds: collector,
    engineCpuSeconds: engine,
    refusals: 0,
  }
  const rows = 2_000_000
  return {
    name,
    plain: [round, round],
    gzip: [round],
    merged: {
      rows,
      engineCpuSeconds: 10,
      storedBytes: bytes * rows,
      treeBytes: name === 'whodid' ? 32 * rows : 0,
    },
    passes: 3,
    passesInRounds: 2,
    halfLoad: {
      spans: 1_000,
      refusals: 0,
      seconds: 1,
      acknowledgeSeconds: [0.01],
      queryableSeconds: [1, 1],
    },
    levels: [],
    fullLoad: rate === 0 ? undefined : fullLoad(rate),
    collectorBytesPeak: 1,
    engineBytesPeak: 1,
  }
}

/** Ten seconds, none of the first second's spans stored, nine tenths of all at the end. */
function fullLoad(rate: number): FullLoad {
  const samples = Array.from({ length: 11 }, (_, second) => ({
    atSeconds: second,
    collectorBytes: 1,
    engineBytes: 1,
    cpuSeconds: Math.max(0, second - 1) * rate * 30e-6,
    logBytes: 100 * second,
    spansStored: Math.max(0, second - 1) * rate,
  }))
  const acknowledgement = { acknowledgeSeconds: [0.01], queryableSeconds: [] }
  return { samples, outcome: { spans: 10 * rate, refusals: 0, seconds: 10, ...acknowledgement } }
}
