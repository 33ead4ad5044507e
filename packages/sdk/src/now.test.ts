import { expect, it } from 'vitest'
import { now } from './now.ts'

it('never gives the same instant twice, nor an earlier one', () => {
  const micros = Array.from({ length: 50_000 }, () => {
    const [seconds, nanos] = now()
    return seconds * 1_000_000 + nanos / 1000
  })
  expect(micros.every(Number.isInteger)).toBe(true)
  expect(micros.findIndex((at, index) => at <= (micros[index - 1] ?? 0))).toBe(-1)
})

it('agrees with the wall clock', () => {
  const before = Date.now()
  const [seconds, nanos] = now()
  // 60 ms: what the steady clock may differ before it follows.
  expect(Math.abs(seconds * 1000 + nanos / 1e6 - before)).toBeLessThan(60 + (Date.now() - before))
})
