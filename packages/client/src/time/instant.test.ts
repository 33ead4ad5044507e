import { expect, test } from 'vitest'
import { renderInstant, renderOffset } from '../time/instant.ts'

test.each([
  ['UTC', '2026-11-22 14:00:03.120 UTC'],
  ['Europe/London', '2026-11-22 14:00:03.120 UTC'],
  ['Europe/Berlin', '2026-11-22 14:00:03.120 UTC (15:00:03 UTC+01:00)'],
  ['Asia/Kolkata', '2026-11-22 14:00:03.120 UTC (19:30:03 UTC+05:30)'],
  ['America/New_York', '2026-11-22 14:00:03.120 UTC (09:00:03 UTC-05:00)'],
  ['Pacific/Kiritimati', '2026-11-22 14:00:03.120 UTC (2026-11-23 04:00:03 UTC+14:00)'],
])('an instant to the millisecond in UTC, and what the clocks of %s showed', (zone, text) => {
  expect(renderInstant('2026-11-22T14:00:03.120456789Z', zone)).toBe(text)
})

test('summer time is that of the instant, not of today', () => {
  expect(renderInstant('2026-07-01T22:30:00.000000000Z', 'Europe/Berlin')).toBe(
    '2026-07-01 22:30:00.000 UTC (2026-07-02 00:30:00 UTC+02:00)',
  )
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
