import fc from 'fast-check'
import protobuf from 'protobufjs/minimal.js'
import { WhodidError } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import type { OtlpSpan } from './batch.ts'
import { DecodeBudget } from './decode-budget.ts'
import { decodeSpansProtobuf } from './decode-protobuf.ts'
import { WireReader } from './wire-reader.ts'

const budget = (): DecodeBudget => new DecodeBudget({ elementsMax: 1_000, valueDepthMax: 32 })

function message(write: (writer: protobuf.Writer) => unknown): Buffer {
  const writer = protobuf.Writer.create()
  write(writer)
  return Buffer.from(writer.finish())
}

/** Decodes a request of one span with these bytes. */
function spanOf(bytes: Uint8Array, used = budget()): OtlpSpan {
  const scope = message((w) => w.uint32(0x12).bytes(bytes))
  const group = message((w) => w.uint32(0x12).bytes(scope))
  const groups = decodeSpansProtobuf(
    message((w) => w.uint32(0x0a).bytes(group)),
    used,
  )
  return [...groups[0]!.items][0]!
}

const pair = (key: string, text: string): Buffer => {
  const value = message((w) => w.uint32(0x0a).string(text))
  return message((w) => w.uint32(0x0a).string(key).uint32(0x12).bytes(value))
}

describe('the wire reader', () => {
  it('reads integers, doubles and text as the library does, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.double(),
        fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 4 }),
        (number, double, texts) => {
          const bytes = message((w) => {
            w.uint32(number).double(double).fixed32(number)
            for (const text of texts) w.string(text).string(text)
          })
          const [reader, library] = [new WireReader(bytes, budget()), protobuf.Reader.create(bytes)]
          expect(reader.uint32()).toBe(library.uint32())
          expect(reader.double()).toBe(library.double())
          expect(reader.fixed32()).toBe(library.fixed32())
          for (let index = 0; index < texts.length * 2; index += 1)
            expect(reader.string()).toBe(library.string())
          expect(reader.pos).toBe(library.pos)
        },
      ),
    )
  })

  it('reads 64 signed bits from any bytes as the library does, or refuses both', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
        const reader = new WireReader(Buffer.from(bytes), budget())
        const ends = bytes.findIndex((byte) => byte < 0x80)
        if (ends === -1 || ends >= 10) {
          expect(() => reader.int64()).toThrow(WhodidError)
          return
        }
        const plain = [...bytes.subarray(0, ends + 1)].reduceRight(
          (sum, byte) => (sum << 7n) | BigInt(byte & 0x7f),
          0n,
        )
        expect(reader.int64()).toBe(BigInt.asIntN(64, plain))
        expect(reader.pos).toBe(ends + 1)
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes U+FFFD of bytes that are no text, each time they come', () => {
    for (const broken of [[0xff], [0xc3], [0xe2, 0x82], [0x61, 0x80, 0x62], [0xc3, 0xa9]]) {
      const bytes = message((w) => w.bytes(Uint8Array.from(broken)).bytes(Uint8Array.from(broken)))
      const reader = new WireReader(bytes, budget())
      const text = Buffer.from(broken).toString('utf8')
      expect([reader.string(), reader.string()]).toEqual([text, text])
    }
  })

  it('skips unknown fields of every wire type, groups among them', () => {
    const unknown = [
      [0x320, 300],
      [0x321, 1, 2, 3, 4, 5, 6, 7, 8],
      [0x322, 2, 9, 9],
      [0x325, 1, 2, 3, 4],
      [0x323, 0x10, 0x05, 0x1b, 0x1c, 0x324],
    ]
    const bytes = message((w) => {
      for (const [tag = 0, ...rest] of unknown) {
        w.uint32(tag)
        for (const part of rest) w.uint32(part)
      }
      w.uint32(0x2a).string('after')
    })
    expect(spanOf(bytes).name).toBe('after')
  })

  it('keeps the first of a key that comes twice and counts the other; of a status the last stands whole', () => {
    const bytes = message((w) => {
      w.uint32(0x4a).bytes(pair('k', 'first')).uint32(0x4a).bytes(pair('k', 'second'))
      w.uint32(0x7a).bytes(message((s) => s.uint32(0x12).string('gone').uint32(0x18).int32(2)))
      w.uint32(0x7a).bytes(message((s) => s.uint32(0x18).int32(1)))
    })
    expect(spanOf(bytes)).toMatchObject({
      attributes: new Map([['k', 'first']]),
      droppedCount: 1,
      statusCode: 1,
      statusMessage: '',
    })
  })

  it.each([
    ['a length past the end of its message', [0x2a, 5, 0x61], 'at most 1 bytes'],
    ['an integer without end', [0x30, 0x80], 'a whole integer'],
    ['an integer of eleven bytes', [0x30, ...Array<number>(11).fill(0x80)], 'at most 10 bytes'],
    ['eight bytes of which four came', [0x39, 1, 2, 3, 4], '8 bytes'],
    ['field number 0', [0x02, 0], 'a field number above 0'],
    ['a group that ends before it starts', [0xa4, 0x06], 'a wire type'],
    ['a wire type that does not exist', [0xa6, 0x06], 'a wire type'],
    [
      'groups in groups without end',
      Array.from({ length: 80 }, (_unused, index) => (index % 2 === 0 ? 0xa3 : 0x06)),
      'nested groups',
    ],
    ['attributes that are an integer', [0x48, 1], 'wire type 2 for "attributes"'],
    ['flags that are a varint', [0x80, 0x01, 1], 'wire type 5 for "flags"'],
  ])('refuses a span with %s, and says why', (_, bytes, sentence) => {
    const used = budget()
    expect(spanOf(Uint8Array.from(bytes), used)).toBeUndefined()
    expect(used.unread).toMatchObject({
      itemCount: 1,
      reasons: [expect.stringContaining(sentence)],
    })
  })
})
