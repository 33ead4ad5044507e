import { expect, test } from 'vitest'
import { inChosen, textOf } from '../make/in-range.ts'
import { expandMacros, expandQuery } from './expand-query.ts'
import type { QueryContext } from './expand-query.ts'

const context: QueryContext = {
  fromMs: Date.UTC(2026, 10, 1, 10, 0, 0, 250),
  toMs: Date.UTC(2026, 10, 2, 11, 30, 0, 750),
  intervalMs: 1_500,
  variables: { template: ['$__all'], person: '' },
}
const from = 1_793_527_200
const to = 1_793_619_000

// The expansions that the plugin's own tests assert, of version 4.20.
test.each([
  ['$__timeFilter(c)', `c >= toDateTime(${from}) AND c <= toDateTime(${to})`],
  [
    '$__timeFilter_ms(c)',
    `c >= fromUnixTimestamp64Milli(${from}250) AND c <= fromUnixTimestamp64Milli(${to}750)`,
  ],
  ['$__dateFilter(d)', `d >= toDate('2026-11-01') AND d <= toDate('2026-11-02')`],
  [
    '$__dt(d, t)',
    `(d >= toDate('2026-11-01') AND d <= toDate('2026-11-02')) AND (t >= toDateTime(${from}) AND t <= toDateTime(${to}))`,
  ],
  ['$__timeFrom(c)', `c >= toDateTime(${from})`],
  ['$__timeTo(c)', `c <= toDateTime(${to})`],
  ['$__fromTime', `toDateTime(${from})`],
  ['$__toTime_ms)', `fromUnixTimestamp64Milli(${to}750))`],
  ['$__timeInterval(c)', 'toStartOfInterval(toDateTime(c), INTERVAL 1 second)'],
  ['$__timeInterval_ms(c)', 'toStartOfInterval(toDateTime64(c, 3), INTERVAL 1500 millisecond)'],
  ['$__timeGroup(c, 5m)', 'toStartOfInterval(toDateTime(c), INTERVAL 300 second)'],
  ['$__interval_s', '1'],
  ['f($__timeFrom(g($__toTime)))', `f(g(toDateTime(${to})) >= toDateTime(${from}))`],
  ['$__neverHeardOf(c)', '$__neverHeardOf(c)'],
])('%s', (sql, expected) => {
  expect(expandMacros(sql, context)).toBe(expected)
})

test('$__conditionalAll is 1=1 for all and for nothing, and its condition for a choice', () => {
  const sql = `SELECT 1 WHERE ${inChosen('x', 'template')} LIMIT 1`
  const withChoice = (template: string | string[]): string =>
    expandQuery(sql, { ...context, variables: { template } })
  expect(withChoice(['$__all'])).toBe('SELECT 1 WHERE 1=1 LIMIT 1')
  expect(withChoice('')).toBe('SELECT 1 WHERE 1=1 LIMIT 1')
  const condition = (chosen: string): string =>
    `SELECT 1 WHERE has(arrayMap(h -> unhex(h), splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${chosen}')))), x) LIMIT 1`
  expect(withChoice(['61'])).toBe(condition('61'))
  expect(withChoice(['61', '62'])).toBe(condition('%7B61%2C62%7D'))
})

test('a percent-encoded value ends no text, and a quoted one does', () => {
  const attack = String.raw`\' OR 1=1 -- $__toTime`
  const expand = (sql: string): string =>
    expandQuery(sql, { ...context, variables: { person: attack } })
  expect(expand(textOf('person'))).toBe(
    "decodeURLComponent('%5C%27%20OR%201%3D1%20--%20%24__toTime')",
  )
  // Two backslashes and a quote: the backslash is escaped and the quote ends the text.
  expect(expand('${person:singlequote}')).toContain(String.raw`'\\' OR 1=1 -- `)
  expect(() => expand('${person:raw}')).toThrow('unknown variable or format')
})
