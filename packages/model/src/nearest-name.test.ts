import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const names = ['trace', 'span', 'instance', 'correlation']

test.each([
  ['trcae', 'trace'],
  ['traces', 'trace'],
  ['Instnace', 'instance'],
  ['instanc', 'instance'],
  ['inst', 'instance'],
  ['corr', 'correlation'],
  ['correlatoin', 'correlation'],
  ['spam', 'span'],
])('%s is near %s', (typed, name) => {
  expect(nearestName(typed, names)).toBe(name)
})

test.each(['trace', 'TRACE', '', 'in', 'github', 'scanner', 'x'.repeat(1_000_000)])(
  '%.20s is near none, or is one',
  (typed) => {
    expect(nearestName(typed, names)).toBeUndefined()
  },
)
