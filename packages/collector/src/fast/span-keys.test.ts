import { expect, test } from 'vitest'
import { SpanKeys } from './span-keys.ts'

function find(keys: SpanKeys, key: string): ReturnType<SpanKeys['find']> {
  const bytes = Buffer.from(`..${key}..`)
  return keys.find(bytes, 2, bytes.length - 2)
}

test('a key is found by its bytes, and is one key', () => {
  const keys = new SpanKeys()
  const seq = find(keys, 'whodid.seq')
  expect(seq).toMatchObject({ isFast: true, claim: { field: 'seq', form: 'count' } })
  expect(find(keys, 'whodid.seq')).toBe(seq)
  expect(find(keys, 'acme.note')).toBe(find(keys, 'acme.note'))
})

test.each([
  'mcp.method.name',
  'input',
  'whodid.outcome.rule',
  'acme.api_key',
  'acme.tool_call_id',
  'straße',
  'db.system',
])('a span with the key %s goes the general path', (key) => {
  expect(find(new SpanKeys(), key)?.isFast).toBe(false)
})

test('any number of keys leaves the table bounded and our own keys in it', () => {
  const keys = new SpanKeys()
  let given = 0
  for (let number = 0; number < 50_000; number += 1)
    if (find(keys, `acme.k${number}`) !== undefined) given += 1
  expect(given).toBeGreaterThan(40_000)
  expect(find(keys, 'whodid.delegator.id')?.claim?.field).toBe('delegatorId')
  expect(find(keys, 'k'.repeat(200))).toBeUndefined()
})

test('keys made to fall into one place are looked for in a bounded number of places', () => {
  const keys = new SpanKeys()
  // The same length, end and middle: one place for all.
  const crafted = Array.from(
    { length: 1_000 },
    (_, number) => `${String(number).padStart(4, '0')}.acme.note`,
  )
  const found = crafted.filter((key) => find(keys, key) !== undefined)
  expect(found.length).toBeLessThan(100)
})
