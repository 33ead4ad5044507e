import fc from 'fast-check'
import { expect, test } from 'vitest'
import { zoneOffsetMs } from '@whodid/model'
import { resolveInstant } from './resolve-instant.ts'

const nowMs = Date.parse('2026-11-28T02:30:00.500Z')
const resolve = (text: string, edge: 'start' | 'end' = 'start', zone = 'UTC'): string =>
  resolveInstant(text, { option: 'from', edge, nowMs, zone })

test.each([
  ['2026-11-22T14:07:00Z', '2026-11-22T14:07:00Z'],
  ['2026-11-22T15:07:00.250+01:00', '2026-11-22T15:07:00.250+01:00'],
  ['now', '2026-11-28T02:30:00.500000000Z'],
  ['24h', '2026-11-27T02:30:00.500000000Z'],
  ['-24h', '2026-11-27T02:30:00.500000000Z'],
  ['24 hours ago', '2026-11-27T02:30:00.500000000Z'],
  ['90m', '2026-11-28T01:00:00.500000000Z'],
  ['90 min', '2026-11-28T01:00:00.500000000Z'],
  ['30s', '2026-11-28T02:29:30.500000000Z'],
  ['7D', '2026-11-21T02:30:00.500000000Z'],
  ['2 weeks ago', '2026-11-14T02:30:00.500000000Z'],
  ['today', '2026-11-28T00:00:00.000000000Z'],
  ['Yesterday', '2026-11-27T00:00:00.000000000Z'],
  ['yesterday 14:07', '2026-11-27T14:07:00.000000000Z'],
  ['2026-11-28', '2026-11-28T00:00:00.000000000Z'],
  ['2026-11-28 14:07', '2026-11-28T14:07:00.000000000Z'],
  ['2026-11-28T14:07:09', '2026-11-28T14:07:09.000000000Z'],
])('%s is %s in UTC', (text, instant) => {
  expect(resolve(text)).toBe(instant)
})

test.each([
  ['yesterday', '2026-11-27T23:59:59.999999999Z', 'UTC'],
  ['2026-11-28', '2026-11-28T23:59:59.999999999Z', 'UTC'],
  ['2026-11-28', '2026-11-28T22:59:59.999999999Z', 'Europe/Berlin'],
  ['24h', '2026-11-27T02:30:00.500000000Z', 'Europe/Berlin'],
  ['today', '2026-11-28T18:29:59.999999999Z', 'Asia/Kolkata'],
])('as an end %s is %s in %s', (text, instant, zone) => {
  expect(resolve(text, 'end', zone)).toBe(instant)
})

test.each([
  // Half past two at night in UTC is the evening before in New York.
  ['today', '2026-11-27T05:00:00.000000000Z', 'America/New_York'],
  ['yesterday', '2026-11-26T05:00:00.000000000Z', 'America/New_York'],
  ['yesterday', '2026-11-26T18:30:00.000000000Z', 'Asia/Kolkata'],
  ['2026-11-28 14:07', '2026-11-28T13:07:00.000000000Z', 'Europe/Berlin'],
  // Summer time begins on 29 March and ends on 25 October: those days have 23 and 25 hours.
  ['2026-03-30', '2026-03-29T22:00:00.000000000Z', 'Europe/Berlin'],
  ['2026-03-29', '2026-03-28T23:00:00.000000000Z', 'Europe/Berlin'],
  ['2026-03-29 02:30', '2026-03-29T01:30:00.000000000Z', 'Europe/Berlin'],
  ['2026-10-25 02:30', '2026-10-25T00:30:00.000000000Z', 'Europe/Berlin'],
  ['2026-10-25', '2026-10-24T22:00:00.000000000Z', 'Europe/Berlin'],
  // Clocks that go forward at midnight: the day begins at one.
  ['2024-09-08', '2024-09-08T04:00:00.000000000Z', 'America/Santiago'],
])('%s is %s in %s', (text, instant, zone) => {
  expect(resolve(text, 'start', zone)).toBe(instant)
})

test.each([
  '',
  'the other day',
  '2026-02-31',
  '2026-13-01',
  '2026-11-28 25:00',
  '2026-11-28 14',
  '28.11.2026',
  '24',
  '24x',
  '9999999h',
  '999999w',
  '2026-11-28T14:07:00+1',
])('%j is refused, and the forms are named', (text) => {
  expect(() => resolve(text)).toThrow(
    expect.objectContaining({
      code: 'invalid_time',
      message: expect.stringMatching(/^"--from" expected RFC 3339.*yesterday.*24h/u) as string,
    }),
  )
})

test('a local time comes out as what the clocks of the zone showed, wherever they do not jump', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC']
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1990-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
      fc.constantFrom(...zones),
      (date, zone) => {
        const wall = date.toISOString().slice(0, 19)
        const ms = Date.parse(resolve(wall, 'start', zone))
        const shown = new Date(ms + zoneOffsetMs(ms, zone)).toISOString().slice(0, 19)
        const isSkipped =
          zoneOffsetMs(ms - 86_400_000, zone) !== zoneOffsetMs(ms + 86_400_000, zone)
        expect(isSkipped || shown === wall).toBe(true)
      },
    ),
  )
})
