import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from './byte-writer.ts'

/** A string in the Native format, written down plainly. */
function plainString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const head: number[] = []
  let rest = bytes.length
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) head.push((rest % 0x80) + 0x80)
  return Buffer.concat([Buffer.from([...head, rest]), bytes])
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  // Around the lengths at which the length in front takes another byte.
  fc
    .tuple(
      fc.constantFrom('a', 'é', '€', '😀', '\ud800'),
      fc.constantFrom(23, 24, 25, 42, 63, 64, 126, 127, 128),
    )
    .map(([unit, count]) => unit.repeat(count)),
  fc.constantFrom('é'.repeat(8_191), '€'.repeat(8_192), 'a'.repeat(16_383), 'a'.repeat(70_000)),
)

describe('the byte writer', () => {
  it('writes any texts one after another as their lengths and their UTF-8', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        const writer = new ByteWriter()
        for (const one of texts) {
          writer.string(one)
          writer.raw(plainString(one))
          const end = writer.length
          writer.string(one)
          writer.truncate(end)
        }
        const expected = texts.flatMap((one) => [plainString(one), plainString(one)])
        expect(writer.toBytes().equals(Buffer.concat(expected))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('writes integers, little-endian, whether they came as numbers or not', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (small, large) => {
          const writer = new ByteWriter()
          writer.safeInt64(small)
          writer.int64(large)
          writer.uint32(4_000_000_000)
          const bytes = writer.toBytes()
          expect(bytes.readBigInt64LE(0)).toBe(BigInt(small))
          expect(bytes.readBigInt64LE(8)).toBe(large)
          expect(bytes.readUInt32LE(16)).toBe(4_000_000_000)
        },
      ),
    )
  })
})

it('writes UTF-8 in JSON as JSON.stringify does, and numbers as String', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.maxSafeNat(), (some, number) => {
      const text = some.toWellFormed()
      const bytes = Buffer.from(text)
      const writer = new ByteWriter()
      writer.escaped(bytes, 0, bytes.length)
      writer.uint8(0x20)
      writer.decimal(number)
      const written = Buffer.from(writer.view()).toString('utf8')
      expect(written).toBe(`${JSON.stringify(text).slice(1, -1)} ${number}`)
      expect(writer.isEqual(Buffer.from(written), 0, writer.length)).toBe(true)
    }),
  )
})
