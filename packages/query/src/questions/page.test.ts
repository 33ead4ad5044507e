import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsOfPage, takePage } from './page.ts'
import type { Page } from './page.ts'

interface Row {
  readonly ts: string
  readonly trace: string
  readonly span: string
}

/** Reads every page of a list, as the engine would give it: the rows behind a position, no more than were asked for. */
function readAll(rows: readonly Row[], limit: number): Row[][] {
  const found: Row[][] = []
  let after: readonly string[] | null = []
  for (let pages = 0; after !== null; pages += 1) {
    expect(pages).toBeLessThan(1000)
    const [ts, trace, span]: readonly string[] = after
    const start: number =
      ts === undefined
        ? 0
        : rows.findLastIndex((row) => row.ts === ts && row.trace === trace && row.span === span) + 1
    const page: Page<Row> = takePage(rows.slice(start, start + rowsOfPage(limit)), limit)
    expect(page.records.length).toBeLessThanOrEqual(limit)
    found.push(...page.records)
    after = page.next
  }
  return found
}

test('pages hold every record once, however many copies it has', () => {
  const copies = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(90)), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(copies, fc.integer({ min: 1, max: 7 }), (counts, limit) => {
      const rows = counts.flatMap((count, n) =>
        Array.from({ length: count }, () => ({ ts: `${n}`, trace: 'a', span: 'b' })),
      )
      const found = readAll(rows, limit).map(([row]) => row?.ts)
      expect(found).toEqual(counts.map((_, n) => `${n}`))
    }),
  )
})

test('copies of one record stay together while they fit a page', () => {
  const row = (span: string): Row => ({ ts: '1', trace: 'a', span })
  const { records, next } = takePage([row('a'), row('a'), row('b'), row('c'), row('c')], 2)
  expect(records.map((copies) => copies.length)).toEqual([2, 1])
  expect(next).toEqual(['1', 'a', 'b'])
  expect(takePage([row('a'), row('b')], 2).next).toBeNull()
  expect(takePage([], 5)).toEqual({ records: [], next: null })
})
