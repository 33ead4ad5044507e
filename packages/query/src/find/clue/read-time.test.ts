import { expect, test } from 'vitest'
import { readTime } from './read-time.ts'

// A Saturday, half past two at night in UTC.
const nowMs = Date.parse('2026-11-28T02:30:00Z')
const read = (clue: string, zone = 'UTC') => {
  const { afterMs, beforeMs, verbs, rest } = readTime(clue, { nowMs, zone })
  const instant = (ms: number | null): string | null =>
    ms === null ? null : new Date(ms).toISOString().slice(0, 16)
  return [instant(afterMs), instant(beforeMs), verbs.join(' '), rest]
}

test.each([
  ['what was deleted on Tuesday', '2026-11-24T00:00', '2026-11-25T00:00', 'delete', ''],
  ['what was deleted last saturday', '2026-11-28T00:00', '2026-11-29T00:00', 'delete', ''],
  ['last night', '2026-11-27T18:00', '2026-11-28T06:00', '', ''],
  ['yesterday', '2026-11-27T00:00', '2026-11-28T00:00', '', ''],
  ['yesterday evening', '2026-11-27T17:00', '2026-11-27T23:00', '', ''],
  ['this morning', '2026-11-28T05:00', '2026-11-28T12:00', '', ''],
  ['2026-11-27 14:00..15:00', '2026-11-27T14:00', '2026-11-27T15:00', '', ''],
  ['between yesterday 14:00 and 15:30', '2026-11-27T14:00', '2026-11-27T15:30', '', ''],
  ['2026-11-20..2026-11-22', '2026-11-20T00:00', '2026-11-23T00:00', '', ''],
  ['around 2026-11-27 14:00', '2026-11-27T13:30', '2026-11-27T14:30', '', ''],
  ['who merged in the last 2 hours', '2026-11-28T00:30', '2026-11-28T02:30', 'update', ''],
  ['90m ago', '2026-11-28T01:00', '2026-11-28T02:30', '', ''],
  ['since monday', '2026-11-23T00:00', null, '', ''],
  ['before 2026-11-20', null, '2026-11-20T00:00', '', ''],
  [
    'who deleted shop.customers yesterday?',
    '2026-11-27T00:00',
    '2026-11-28T00:00',
    'delete',
    'shop.customers',
  ],
  ['sent emails', null, null, 'send', ''],
  ['rotate the staging credentials', null, null, '', 'rotate staging credentials'],
  ['file:/srv/2026-11-27/a', null, null, '', 'file:/srv/2026-11-27/a'],
  ['build-24h', null, null, '', 'build-24h'],
  ['2026-02-31', null, null, '', '2026-02-31'],
])('%s', (clue, ...expected) => {
  expect(read(clue)).toEqual(expected)
})

test('days are those of the zone where the clue was typed', () => {
  // Half past two at night in UTC is the evening before in New York.
  expect(read('today', 'America/New_York').slice(0, 2)).toEqual([
    '2026-11-27T05:00',
    '2026-11-28T05:00',
  ])
  expect(read('yesterday', 'Asia/Kolkata').slice(0, 2)).toEqual([
    '2026-11-26T18:30',
    '2026-11-27T18:30',
  ])
})
