import { expect, test } from 'vitest'
import { renderInstant, renderOffset } from './instant.ts'

test('an instant to the millisecond, in UTC', () => {
  expect(renderInstant('2026-11-22T14:00:03.120456789Z')).toBe('2026-11-22 14:00:03.120 UTC')
})

test.each([
  ['2026-11-22T14:00:00.000000000Z', '+0.000 s'],
  ['2026-11-22T14:00:00.120000000Z', '+0.120 s'],
  ['2026-11-22T13:59:59.990000000Z', '-0.010 s'],
  ['2026-11-22T14:02:05.000000000Z', '+2 min 5 s'],
  ['2026-11-23T15:30:00.000000000Z', '+25 h 30 min'],
])('%s lies %s after the root', (instant, offset) => {
  expect(renderOffset('2026-11-22T14:00:00.000000000Z', instant)).toBe(offset)
})
