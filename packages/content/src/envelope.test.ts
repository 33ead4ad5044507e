import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { entryBytesMax, openEnvelope, encryptEnvelope, writeEntry } from './envelope.ts'

const key = Buffer.alloc(32, 1)
const name = { tenant: 'default', ref: Buffer.alloc(24, 2) }
const ids = { traceIdHex: 'aa'.repeat(16), spanIdHex: 'bb'.repeat(8) }

function plainOf(texts: readonly string[]): Buffer {
  const plain = Buffer.alloc(texts.reduce((sum, text) => sum + entryBytesMax(text), 0))
  let at = 0
  for (const text of texts) {
    const place = { tenant: 'default', ...ids, part: 'content' as const }
    at = writeEntry(plain, at, { place, nonce: Buffer.alloc(32, 3), text })
  }
  return plain.subarray(0, at)
}

test('gives back what was put in, deflated or not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 2_000 }), { minLength: 1, maxLength: 5 }),
      (texts) => {
        const sealed = encryptEnvelope(plainOf(texts), key, name)
        const opened = openEnvelope(sealed, key, name)
        expect(opened?.map(({ text }) => text)).toEqual(texts)
        expect(opened?.[0]).toMatchObject({ ...ids, part: 'content' })
      },
    ),
    { numRuns: 50 },
  )
})

test('any changed byte, another key, name or tenant opens nothing', () => {
  const sealed = encryptEnvelope(plainOf(['a secret', 'x'.repeat(2_000)]), key, name)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(openEnvelope(changed, key, name)).toBeUndefined()
  }
  expect(openEnvelope(sealed, randomBytes(32), name)).toBeUndefined()
  expect(openEnvelope(sealed, key, { ...name, ref: Buffer.alloc(24, 9) })).toBeUndefined()
  expect(openEnvelope(sealed, key, { ...name, tenant: 'other' })).toBeUndefined()
  expect(openEnvelope(sealed.subarray(0, 20), key, name)).toBeUndefined()
  expect(openEnvelope(Buffer.alloc(0), key, name)).toBeUndefined()
})

test('holds no plain text', () => {
  const sealed = encryptEnvelope(plainOf(['a secret']), key, name)
  expect(sealed.includes('a secret')).toBe(false)
})
