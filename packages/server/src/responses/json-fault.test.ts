import { expect, test } from 'vitest'
import { jsonFault } from './json-fault.ts'

test.each<[string, string | undefined]>([
  ['{"a": [1, true, -1.5e3, "\\u00e9"]}', undefined],
  ['{"a": 1,}', 'line 1, column 9'],
  ['{\n  "a": [1,]\n}', 'line 2, column 11'],
  ['{\n  "a": secret\n}', 'line 2, column 8'],
  ['{"a": trve}', 'line 1, column 9'],
  ['{"a": "b" "c": 1}', 'line 1, column 11'],
  ["{'a': 1}", 'line 1, column 2'],
  ['{} x', 'line 1, column 4'],
  ['{"a": "secr', 'its end'],
  ['{"a": [tru', 'its end'],
  ['{"a": -', 'its end'],
  ['{"a"', 'its end'],
  ['', 'its end'],
  ['\uFEFF{}', 'line 1, column 1: a byte order mark'],
])('%j is no JSON from: %s', (text, place) => {
  expect(jsonFault(text)).toBe(place)
})
