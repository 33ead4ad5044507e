import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from './batch.ts'
import { stringifyValue } from './stringify-value.ts'

const bytes = Uint8Array.of(0, 1, 2, 255)

test.each<[string, Value, string]>([
  ['bytes', bytes, '{"bytesValue":"AAEC/w=="}'],
  ['no bytes', new Uint8Array(), '{"bytesValue":""}'],
  ['the same in base64, as text', 'AAEC/w==', '"AAEC/w=="'],
  ['bytes in a list', [bytes, 'AAEC/w=='], '[{"bytesValue":"AAEC/w=="},"AAEC/w=="]'],
  ['bytes in a map', new Map([['k', bytes]]), '{"k":{"bytesValue":"AAEC/w=="}}'],
  [
    'a map that looks like bytes',
    new Map([['bytesValue', 'AAEC/w==']]),
    '{"kvlistValue":{"bytesValue":"AAEC/w=="}}',
  ],
  [
    'a map that looks like such a map',
    new Map([['kvlistValue', new Map([['bytesValue', 'AA==']])]]),
    '{"kvlistValue":{"kvlistValue":{"kvlistValue":{"bytesValue":"AA=="}}}}',
  ],
  [
    'a map with that key and another',
    new Map<string, Value>([
      ['bytesValue', 'AA=='],
      ['b', 1n],
    ]),
    '{"bytesValue":"AA==","b":1}',
  ],
  ['an integer of 64 bits', 9_223_372_036_854_775_807n, '9223372036854775807'],
])('%s', (_, value, json) => {
  expect(stringifyValue(value)).toBe(json)
})

test('bytes, texts, lists and maps come back as what they were', () => {
  const key = fc.constantFrom('bytesValue', 'kvlistValue', 'k', 'l')
  const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Value>(null, true, 'AA==', ''),
      fc.uint8Array({ maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    ),
  }))
  fc.assert(
    fc.property(values, (value) => {
      expect(readBack(JSON.parse(stringifyValue(value)))).toEqual(value)
    }),
  )
})

function readBack(json: unknown): Value {
  if (Array.isArray(json)) return json.map(readBack)
  if (typeof json !== 'object' || json === null) return json as Value
  const entries = Object.entries(json)
  const [[key, inner] = ['', undefined]] = entries
  if (entries.length === 1 && key === 'bytesValue')
    return Uint8Array.from(Buffer.from(String(inner), 'base64'))
  const isWrapped = entries.length === 1 && key === 'kvlistValue'
  const pairs = isWrapped ? Object.entries(inner as object) : entries
  return new Map(pairs.map(([name, member]) => [name, readBack(member)]))
}
