import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from './parse-instant.ts'

test.each([
  ['2026-11-22T14:07:00Z', 1_795_356_420_000_000_000n],
  ['2026-11-22t14:07:00.000000001z', 1_795_356_420_000_000_001n],
  ['2026-11-22T15:07:00+01:00', 1_795_356_420_000_000_000n],
  ['1969-12-31T23:59:59.999999999Z', -1n],
])('%s', (text, ns) => {
  expect(parseInstant(text, 'at')).toBe(ns)
})

test.each([
  '',
  'yesterday',
  '2026-11-22',
  '2026-11-22T14:07:00',
  '2026-02-30T00:00:00Z',
  '2026-11-22T25:00:00Z',
  '2026-11-22T14:07:60Z',
  '1800-01-01T00:00:00Z',
  '2300-01-01T00:00:00Z',
  "2026'; --",
  '2026-11-22T14:07:00+99:99',
])('%j is refused, quoting the field', (text) => {
  expect(() => parseInstant(text, 'at')).toThrowError(
    expect.objectContaining({
      code: 'invalid_time',
      message: expect.stringMatching(/^"at" expected/u) as string,
    }),
  )
})

test('what is formatted is parsed back, to the nanosecond', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -2_208_988_800_000_000_000n, max: 9_223_372_035_000_000_000n }),
      (ns) => {
        expect(parseInstant(formatInstant(ns), 'at')).toBe(ns)
      },
    ),
  )
})
