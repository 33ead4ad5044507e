import { parseHandle } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { makeLedgerRuns, placeOf } from './ledger-runs.ts'
import { askedKinds, sampleHandles } from './sample-handles.ts'

const runs = makeLedgerRuns()
const passes = 3
const turns = passes * runs.spans.length
const beginUnixNs = 1_790_000_000_000_000_000n

describe('sampleHandles', () => {
  it('draws of every kind what the ledger was sent', () => {
    // A whole pass, and some of the next one.
    const sent = runs.spans.length + 10
    const bodies: Buffer[] = []
    for (const { body } of runs.requests({ from: 0, to: sent, beginUnixNs }))
      bodies.push(Buffer.from(body))
    for (const kind of askedKinds) {
      const handles = sampleHandles(runs, { kind, turns: sent, count: 3, draw: 1 })
      expect(handles, kind).toHaveLength(3)
      for (const handle of handles) {
        const { kind: parsed, value } = parseHandle(handle)
        expect(parsed).toBe(kind)
        const [trace = ''] = value.split('-')
        const sought = kind === 'trace' || kind === 'span' ? Buffer.from(trace, 'hex') : value
        expect(
          bodies.some((body) => body.includes(sought)),
          handle,
        ).toBe(true)
      }
    }
  })

  it('draws from all passes, and another sample under another number', () => {
    const draw = (number: number): string[] =>
      sampleHandles(runs, { kind: 'trace', turns, count: 200, draw: number })
    const first = draw(1)
    expect(new Set(first).size).toBe(200)
    expect(draw(1)).toEqual(first)
    expect(draw(2).filter((handle) => first.includes(handle)).length).toBeLessThan(20)
    // All but the first 8 digits are the same in every pass.
    const runsDrawn = new Set(first.map((handle) => handle.slice(-24))).size
    expect(runsDrawn).toBeLessThan(200)
  })

  it('gives what there is of a kind that has few', () => {
    const tools = sampleHandles(runs, { kind: 'tool', turns, count: 100, draw: 1 })
    expect(tools.length).toBeGreaterThan(2)
    expect(tools.length).toBeLessThan(100)
  })
})

describe('ledgerRuns', () => {
  it('comes in the order of the ledger’s time, a pass after the other', () => {
    const last = runs.spans.length - 1
    expect(placeOf(last)).toEqual({ index: last, pass: 0 })
    expect(placeOf(last + 1)).toEqual({ index: 0, pass: 1 })
    const arrivals = [...runs.requests({ from: last, to: last + 3, beginUnixNs })].map(
      ({ arriveNs }) => arriveNs - beginUnixNs,
    )
    expect(arrivals).toEqual(
      [last, last + 1, last + 2].map((turn) => BigInt(turn) * 26_000_000_000n),
    )
  })
})
