import { expect, test } from 'vitest'
import { countBoth } from './count-both.ts'

test('what only one side has comes first, then what differs, then what is equal', () => {
  expect(countBoth(['same', 'more', 'more', 'only-a'], ['same', 'more', 'b-only'])).toEqual([
    { name: 'b-only', a: 0, b: 1 },
    { name: 'only-a', a: 1, b: 0 },
    { name: 'more', a: 2, b: 1 },
    { name: 'same', a: 1, b: 1 },
  ])
  expect(countBoth([], [])).toEqual([])
  expect(countBoth(['__proto__', 'constructor'], ['__proto__'])).toEqual([
    { name: 'constructor', a: 1, b: 0 },
    { name: '__proto__', a: 1, b: 1 },
  ])
})
