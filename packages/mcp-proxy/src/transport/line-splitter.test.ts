import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineSplitter } from './line-splitter.ts'

const partsOf = (chunks: readonly Buffer[], bytesMax: number) => {
  const splitter = new LineSplitter(bytesMax)
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.rest()]
}

it('gives every byte once and in order, however the stream is cut, and keeps no more than its bound', () => {
  const chunk = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))
  const lines = fc.string({ maxLength: 12 }).map((text) => Buffer.from(`${text}\n`))
  fc.assert(
    fc.property(fc.array(fc.oneof(chunk, lines)), fc.integer({ min: 1, max: 30 }), (all, max) => {
      const parts = partsOf(all, max)
      expect(Buffer.concat(parts.map(({ bytes }) => bytes))).toEqual(Buffer.concat(all))
      for (const { bytes, isWhole } of parts) {
        if (!isWhole) continue
        expect(bytes.length).toBeLessThanOrEqual(max)
        expect([-1, bytes.length - 1]).toContain(bytes.indexOf(10))
      }
    }),
  )
})

it('gives a line that is too long in pieces, and the next one whole', () => {
  const parts = partsOf([Buffer.from('aaa'), Buffer.from('bbb'), Buffer.from('c\nd\n')], 4)
  expect(parts.map(({ bytes, ...part }) => ({ ...part, text: bytes.toString() }))).toEqual([
    { text: 'aaabbb', isWhole: false, isLast: false },
    { text: 'c\n', isWhole: false, isLast: true },
    { text: 'd\n', isWhole: true, isLast: true },
  ])
})
