import { describe, expect, it } from 'vitest'
import type { Measure } from '../bench.ts'
import { askMeasures } from './ask-measures.ts'
import { withAskTable } from './ask-table.ts'
import type { Crowd } from './ask-crowd.ts'
import type { SizeResult } from './measure-size.ts'
import { askedKinds } from './sample-handles.ts'
import { timeQuestions } from './time-questions.ts'
import type { Latency } from './time-questions.ts'

describe('askMeasures', () => {
  it('puts each under its name, the worst kind of handle named', () => {
    const found = measuresOf([size(1_000_000, 10), size(10_000_000, 12), size(100_000_000, 14)])
    // Kinds take 10, 11, 12 … times SELECT 1.
    const worst = askedKinds.length - 1
    expect(found('p50_ratio_to_select_1').value).toBeCloseTo(14 + worst)
    expect(found('p50_ratio_to_select_1').of).toContain(`the worst, ${askedKinds[worst] ?? ''}`)
    expect(found('p50_ratio_to_select_1_at_1m').value).toBeCloseTo(10 + worst)
    expect(found('p50_ratio_to_select_1_at_10m').value).toBeCloseTo(12 + worst)
    expect(found('p50_ratio_to_select_1_at_100m').value).toBeCloseTo(14 + worst)
    // The first kind grows most: 14 / 10.
    expect(found('p50_ratio_100m_to_1m').value).toBeCloseTo(1.4)
    expect(found('p50_ratio_100m_to_1m').of).toContain(`the worst, ${askedKinds[0] ?? ''}`)
    expect(found('p99_ratio_to_p50').value).toBeCloseTo(2)
    expect(found('crowd_p99_ratio_to_p50').value).toBeCloseTo(20)
    expect(found('crowd_answers_per_second').value).toBe(300)
    expect(found('crowd_writing_answers_per_second').value).toBe(150)
    expect(found('writing_p50_ratio_to_quiet').value).toBeCloseTo(3)
  })

  it('says which sizes were not filled', () => {
    const found = measuresOf([size(1_000_000, 10)])
    expect(found('p50_ratio_to_select_1').value).not.toBeNull()
    expect(found('p50_ratio_to_select_1_at_1m').value).not.toBeNull()
    for (const name of [
      'p50_ratio_to_select_1_at_10m',
      'p50_ratio_to_select_1_at_100m',
      'p50_ratio_100m_to_1m',
    ])
      expect(found(name)).toMatchObject({
        value: null,
        why: expect.stringContaining('filled to 1,000,000 spans: --rows-max 10'),
      })
    const quick = measuresOf([size(100_000, 10)])
    expect(quick('p50_ratio_to_select_1_at_1m').why).toContain('filled to 100,000 spans')
  })

  it('leaves out a kind of which there is no handle, and says so where there is none of any', () => {
    const [first, ...others] = size(1_000_000, 10).kinds
    const none = { ...latency(Number.NaN), count: 0 }
    const missing = {
      ...size(1_000_000, 10),
      kinds: [first, ...others.slice(0, 3)].flatMap((each) => each ?? []),
    }
    const withGap = {
      ...missing,
      kinds: missing.kinds.map((each, at) => (at === 3 ? { ...each, warm: none } : each)),
    }
    expect(measuresOf([withGap])('p50_ratio_to_select_1').value).toBeCloseTo(12)
    const nothing = measuresOf([{ ...missing, kinds: [] }])('p50_ratio_to_select_1')
    expect(nothing).toMatchObject({ value: null, why: 'no handle could be asked for' })
  })

  it('is told in the page', () => {
    const page =
      '<!-- written by `npm run bench -- ask --rows-max 100000000`; what stands between these lines is not kept -->STALE<!-- the read path’s table ends -->'
    const told = withAskTable(page, [size(1_000_000, 10)])
    expect(told).not.toContain('STALE')
    expect(told).toMatch(/\| trace \| 1 M \| 10\.0 \| 10\.0 \|/u)
    expect(told).toContain('64 askers at once, nothing else going on: 300 answers a second')
    expect(told).toContain('the collector writing 5000 spans/s: 150 answers a second')
  })
})

describe('timeQuestions', () => {
  it('asks all handles in a row, then SELECT 1 in a row, pass by pass', async () => {
    const calls: string[] = []
    let cpu = 0
    const asking = {
      ask: (of: string) => {
        calls.push(of)
        return Promise.resolve({ ms: 5, statements: 4, rowsRead: 10, bytesRead: 100 })
      },
      selectOne: () => {
        calls.push('1')
        cpu += 100
        return Promise.resolve(1)
      },
      cpuSeconds: () => ({ api: cpu, engine: (cpu += 1) }),
      residentBytesPeaks: () => ({ api: 0, engine: 0 }),
      stop: () => Promise.resolve(),
    }
    const handles = Array.from({ length: 30 }, (_, at) => `trace:${at}`)
    const { latency, selectOneMs, cpuSeconds } = await timeQuestions(asking, handles, 2)
    const ones = Array.from({ length: 30 }, () => '1')
    expect(calls).toEqual([...handles, ...ones, ...handles, ...ones])
    expect(latency).toMatchObject({ count: 60, p50: 5, statementsMax: 4 })
    expect(selectOneMs).toHaveLength(60)
    // CPU of the questions, not of the empty round trips.
    expect(cpuSeconds.engine).toBeLessThan(10)
  })
})

function measuresOf(results: readonly SizeResult[]): (name: string) => Measure {
  const measures = askMeasures(results)
  return (name) => {
    const found = measures.find((measure) => measure.name === name)
    if (found === undefined) throw new Error(`no measure ${name}`)
    return found
  }
}

function latency(p50: number): Latency {
  return {
    count: 100,
    p50,
    p95: 1.5 * p50,
    p99: 2 * p50,
    statementsMax: 4,
    rowsP50: 100,
    rowsMax: 200,
    bytesP50: 1_000,
  }
}

function size(rows: number, fastest: number): SizeResult {
  const kinds = askedKinds.map((kind, at) => ({
    kind,
    cold: latency(2 * (fastest + at)),
    warm: latency(fastest + at),
    selectOneP50: 1,
  }))
  return {
    size: rows,
    rows,
    parts: [{ table: 'spans', month: '202611', parts: 3 }],
    kinds,
    loneP50: 10,
    apiCpuMs: 2,
    engineCpuMs: 3,
    busy: {
      crowd: crowd(300),
      writingSpansPerSecond: 5_000,
      writing: kinds.map(({ kind, warm }) => ({
        kind,
        latency: latency(3 * warm.p50),
        selectOneP50: 2,
      })),
      crowdWhileWriting: crowd(150),
    },
  }
}

function crowd(answersPerSecond: number): Crowd {
  return {
    askers: 64,
    latency: latency(100),
    answersPerSecond,
    errors: [],
    residentBytesPeaks: { api: 1, engine: 1 },
  }
}
