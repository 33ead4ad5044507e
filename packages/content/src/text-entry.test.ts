import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryBytesMax, partBitsOf, readEntry, writeEntry } from './text-entry.ts'

const anyTexts = fc.record({
  content: fc.string({ unit: 'grapheme', maxLength: 300 }),
  result: fc.string({ unit: 'binary', maxLength: 300 }),
  detail: fc.string({ unit: 'grapheme', maxLength: 40 }),
})

test('gives back what was put in, wherever it lies', () => {
  fc.assert(
    fc.property(anyTexts, fc.nat(50), (texts, start) => {
      fc.pre(partBitsOf(texts) !== 0)
      const bytes = Buffer.alloc(start + entryBytesMax(texts) + 9, 0xff)
      const written = writeEntry(bytes, start, texts)
      const read = readEntry(bytes, start)
      expect(read).toEqual(written)
      for (const part of ['content', 'result', 'detail'] as const) {
        const extent = read?.parts[part]
        const text = extent && bytes.toString('utf8', extent.start, extent.end)
        expect(text ?? '').toBe(Buffer.from(texts[part]).toString())
      }
    }),
  )
})

test('is the parts, then the length and the bytes of each', () => {
  const bytes = Buffer.alloc(400)
  const { end } = writeEntry(bytes, 0, { content: 'é', result: '', detail: 'x'.repeat(300) })
  expect(bytes.toString('hex', 0, end)).toBe(`0502c3a9ac02${'78'.repeat(300)}`)
})

test('reads no entry where there is none: no part, unknown parts, a length behind the end or without one', () => {
  for (const hex of [
    '',
    '00',
    '08',
    'ff0178',
    '01',
    '0102',
    '010278',
    '0180',
    '01ffffffffff01',
    '0301780280',
  ])
    expect(readEntry(Buffer.from(hex, 'hex'), 0), hex).toBeUndefined()
  expect(readEntry(Buffer.from('010178', 'hex'), 3)).toBeUndefined()
  expect(readEntry(Buffer.from('010178', 'hex'), 2 ** 29)).toBeUndefined()
  expect(readEntry(Buffer.from('010178', 'hex'), 0)?.end).toBe(3)
})
