import { describe, expect, test } from 'vitest'
import { nextWindow, overlapNs, progressAfter, windowNsMax } from './next-window.ts'

const second = 1_000_000_000n
const now = 1_000_000n * second
const all = { nowUnixNs: now, spanNsMax: windowNsMax }

describe('nextWindow', () => {
  test('begins a day back', () => {
    expect(nextWindow(undefined, { ...all, heads: new Map() })).toEqual({
      sinceUnixNs: now - windowNsMax,
      untilUnixNs: now,
    })
  })

  test('looks again at the end of the window before', () => {
    const before = { untilUnixNs: now - 30n * second, heads: new Map([['a', now - 40n * second]]) }
    const heads = new Map([['a', now - 5n * second]])
    expect(nextWindow(before, { ...all, heads })).toEqual({
      sinceUnixNs: before.untilUnixNs - overlapNs,
      untilUnixNs: now,
    })
  })

  test('reaches back to where a log stood that was cut off for hours', () => {
    const stood = now - 20_000n * second
    const before = { untilUnixNs: now - 30n * second, heads: new Map([['late', stood]]) }
    const heads = new Map([['late', stood + 100n * second]])
    expect(nextWindow(before, { ...all, heads })?.sinceUnixNs).toBe(stood)
  })

  test('a log that is new reaches back as far as the first window', () => {
    const before = { untilUnixNs: now - 30n * second, heads: new Map() }
    const heads = new Map([['new', now - 5n * second]])
    expect(nextWindow(before, { ...all, heads })?.sinceUnixNs).toBe(now - windowNsMax)
  })

  test('never reaches back more than a day', () => {
    const stood = now - 5n * windowNsMax
    const before = { untilUnixNs: stood, heads: new Map([['a', stood]]) }
    const heads = new Map([['a', now]])
    expect(nextWindow(before, { ...all, heads })?.sinceUnixNs).toBe(now - windowNsMax)
  })

  test('rests when nothing came in, after what waits for a second record had its time', () => {
    const head = now - 600n * second
    const heads = new Map([['a', head]])
    const settled = { untilUnixNs: now - 30n * second, heads }
    expect(nextWindow(settled, { ...all, heads })).toBeUndefined()
    const waiting = { untilUnixNs: head + 60n * second, heads }
    expect(nextWindow(waiting, { ...all, heads })?.untilUnixNs).toBe(now)
  })

  test('a window that costs too much is cut, and what follows it is not lost', () => {
    const heads = new Map([['a', now - 5n * second]])
    const spanNsMax = 3_600n * second
    const first = nextWindow(undefined, { ...all, heads, spanNsMax })
    expect(first?.untilUnixNs).toBe(now - windowNsMax + spanNsMax + overlapNs)
    if (first === undefined) throw new Error('no window')
    const second_ = nextWindow(progressAfter(first, heads), { ...all, heads, spanNsMax })
    expect(second_?.sinceUnixNs).toBe(first.untilUnixNs - overlapNs)
    expect(second_?.untilUnixNs).toBe(first.untilUnixNs + spanNsMax)
  })
})
