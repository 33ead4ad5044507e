import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openBlock, sealBlock } from './text-block.ts'

const key = Buffer.alloc(32, 1)
const name = { tenant: 'default', name: Buffer.alloc(24, 2) }

test('gives back what was put in, deflated or not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
      const plain = Buffer.from(text)
      expect(openBlock(sealBlock(plain, key, name), key, name)).toEqual(plain)
    }),
    { numRuns: 50 },
  )
})

test('any changed byte, another key, name or tenant opens nothing', () => {
  const sealed = sealBlock(Buffer.from(`a secret${'x'.repeat(2_000)}`), key, name)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(openBlock(changed, key, name)).toBeUndefined()
  }
  expect(openBlock(sealed, randomBytes(32), name)).toBeUndefined()
  expect(openBlock(sealed, key, { ...name, name: Buffer.alloc(24, 9) })).toBeUndefined()
  expect(openBlock(sealed, key, { ...name, tenant: 'other' })).toBeUndefined()
  expect(openBlock(sealed.subarray(0, 20), key, name)).toBeUndefined()
  expect(openBlock(Buffer.alloc(0), key, name)).toBeUndefined()
})

test('holds no plain text, short or long', () => {
  for (const plain of ['a secret', 'a secret'.repeat(400)])
    expect(sealBlock(Buffer.from(plain), key, name).includes('a secret')).toBe(false)
})
