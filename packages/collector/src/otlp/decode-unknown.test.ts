import fc from 'fast-check'
import protobuf from 'protobufjs/minimal.js'
import { WhodidError } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import type { Unread } from './decode-budget.ts'
import { decode } from './decode.ts'
import type { OtlpSignal } from './decode.ts'

// Whole batches as a tree of messages. The same tree is written with fields that nobody knows at random places, and must decode to
// what it decodes to without them; arrays of every kind of value must decode to what was written into them.

/** A field of a message: its bytes behind the tag, or a message. */
type Field = readonly [tag: number, payload: Buffer | Message]
type Message = readonly Field[]

const limits = { elementsMax: 10_000, valueDepthMax: 32 }
const groupsOf = (signal: OtlpSignal, bytes: Buffer) =>
  decode({ bytes, encoding: 'protobuf', signal, limits }).groups

function bytesOf(write: (writer: protobuf.Writer) => protobuf.Writer): Buffer {
  return Buffer.from(write(protobuf.Writer.create()).finish())
}
const varint = (value: number): Buffer => bytesOf((w) => w.uint32(value))
const delimited = (value: Uint8Array): Buffer => bytesOf((w) => w.bytes(value))
const text = (value: string): Buffer => delimited(Buffer.from(value))

/** Writes a message; `before` gives what stands in front of each of its fields and at its end. */
function encode(message: Message, before: () => Buffer = () => Buffer.alloc(0)): Buffer {
  const parts = message.flatMap(([tag, payload]) => [
    before(),
    varint(tag),
    Buffer.isBuffer(payload) ? payload : delimited(encode(payload, before)),
  ])
  return Buffer.concat([...parts, before()])
}

/** An `AnyValue`: its message, and what it decodes to. */
interface Written {
  readonly message: Message
  readonly value: unknown
}

const scalars = {
  string: fc
    .string({ unit: 'grapheme', maxLength: 8 })
    .map((value) => written(0x0a, text(value), value)),
  bool: fc.boolean().map((value) => written(0x10, varint(value ? 1 : 0), value)),
  int: fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => written(0x18, int64(value), value)),
  double: fc.double().map((value) =>
    written(
      0x21,
      bytesOf((w) => w.double(value)),
      value,
    ),
  ),
  bytes: fc
    .uint8Array({ maxLength: 8 })
    .map((value) => written(0x3a, delimited(value), Uint8Array.from(value))),
  nothing: fc.constant<Written>({ message: [], value: null }),
}
const kinds = Object.keys(scalars) as (keyof typeof scalars)[]

function written(tag: number, payload: Buffer, value: unknown): Written {
  return { message: [[tag, payload]], value }
}

function int64(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

/** An array of one kind of scalar, or of all kinds, and arrays of those. */
const scalar = fc.oneof(...kinds.map((kind) => scalars[kind]))
const array: fc.Arbitrary<Written> = fc
  .oneof(
    ...kinds.map((kind) => fc.array(scalars[kind], { maxLength: 6 })),
    fc.array(scalar, { maxLength: 6 }),
  )
  .map(arrayOf)
const nested = fc.array(fc.oneof(array, scalar), { maxLength: 3 }).map(arrayOf)

function arrayOf(items: readonly Written[]): Written {
  const values = items.map(({ message }): Field => [0x0a, message])
  return { message: [[0x2a, values]], value: items.map(({ value }) => value) }
}

const attributes = fc.uniqueArray(
  fc.tuple(fc.string({ maxLength: 6 }), fc.oneof(scalar, array, nested)),
  { maxLength: 3, selector: ([key]) => key },
)
type Pairs = typeof attributes extends fc.Arbitrary<infer Item> ? Item : never

const pairs = (tag: number, some: Pairs): Message =>
  some.map(([key, { message }]) => [
    tag,
    [
      [0x0a, text(key)],
      [0x12, message],
    ],
  ])

/** A batch of one item under a resource and a scope; `item` holds the attributes and whatever else of its own. */
const batch = (resource: Pairs, item: Message): Message => [
  [
    0x0a,
    [
      [0x0a, pairs(0x0a, resource)],
      [
        0x12,
        [
          [0x0a, [[0x0a, text('scope')]]],
          [0x12, item],
        ],
      ],
    ],
  ],
]

const spanOf = (some: Pairs): Message => [
  [0x0a, delimited(Buffer.alloc(16, 0xab))],
  [0x12, delimited(Buffer.alloc(8, 0xcd))],
  [0x2a, text('op')],
  ...pairs(0x4a, some),
  [0x5a, [[0x12, text('event')], ...pairs(0x1a, some)]],
  [0x6a, [[0x0a, delimited(Buffer.alloc(16, 0x12))], ...pairs(0x22, some)]],
  [0x7a, [[0x18, varint(1)]]],
]
const logOf = (some: Pairs): Message => [
  ...(some[0] === undefined ? [] : [[0x2a, some[0][1].message] as Field]),
  ...pairs(0x32, some),
]

const itemsOf = { spans: spanOf, logs: logOf } as const

/** A field that no message of OTLP has; of every wire type, groups within groups among them. */
const unknownField: fc.Arbitrary<Buffer> = fc
  .tuple(fc.integer({ min: 1_000, max: 2 ** 29 - 1 }), fc.constantFrom(0, 1, 2, 3, 5), fc.nat())
  .chain(([number, type, inner]) => {
    const tag = varint(number * 8 + type)
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    const payload =
      type === 0
        ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(int64)
        : type === 1
          ? bytes(8)
          : type === 5
            ? bytes(4)
            : type === 2
              ? fc.uint8Array({ maxLength: 20 }).map(delimited)
              : fc.constant(group(number, inner % 30))
    return payload.map((value) => Buffer.concat([tag, value]))
  })

/** The rest of a group behind its start: a number, a text and `depth` groups within, and its end. */
function group(number: number, depth: number): Buffer {
  const inner = depth === 0 ? [] : [varint(number * 8 + 3), group(number, depth - 1)]
  return Buffer.concat([
    Buffer.concat([varint(0x08), varint(7), varint(0x12), text('x')]),
    ...inner,
    varint(number * 8 + 4),
  ])
}

/** Fields out of `some`, none mostly, each time it is asked. */
function scatter(some: readonly Buffer[], places: readonly number[]): () => Buffer {
  let asked = 0
  return () => {
    const place = places[asked++ % places.length] ?? 0
    return some[place] ?? Buffer.alloc(0)
  }
}

describe.each(['spans', 'logs'] as const)('a batch of %s', (signal) => {
  const itemOf = itemsOf[signal]

  it('with arrays of every kind of scalar decodes to what was written', () => {
    fc.assert(
      fc.property(attributes, attributes, (resource, some) => {
        const [only] = groupsOf(signal, encode(batch(resource, itemOf(some))))
        expect(only?.resource.attributes).toEqual(new Map(resource.map(([k, v]) => [k, v.value])))
        expect(only?.items[0]?.attributes).toEqual(new Map(some.map(([k, v]) => [k, v.value])))
      }),
      { numRuns: 300 },
    )
  })

  it('decodes the same with unknown fields of every wire type at any place', () => {
    fc.assert(
      fc.property(
        attributes,
        attributes,
        fc.array(unknownField, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 40 }),
        (resource, some, unknown, places) => {
          const message = batch(resource, itemOf(some))
          const plain = groupsOf(signal, encode(message))
          expect(groupsOf(signal, encode(message, scatter(unknown, places)))).toEqual(plain)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    [
      'groups nested deeper than 32',
      Buffer.concat([varint(8003), group(1000, 40)]),
      'nested groups',
    ],
    ['a group without end', Buffer.concat([varint(8003), varint(0x08), varint(7)]), 'expected'],
    ['the end of a group that did not begin', varint(8004), 'a wire type from 0 to 5'],
    ['wire type 6', varint(8006), 'a wire type from 0 to 5'],
    ['wire type 7', varint(8007), 'a wire type from 0 to 5'],
  ])(
    'with %s costs the part where that stands, or is refused where it stands around the items',
    (_, broken, sentence) => {
      fc.assert(
        fc.property(attributes, fc.nat(60), (some, place) => {
          const message = batch(some, itemOf(some))
          let places = 0
          encode(message, () => {
            places += 1
            return Buffer.alloc(0)
          })
          let asked = 0
          const bytes = encode(message, () =>
            asked++ === place % places ? broken : Buffer.alloc(0),
          )
          const { unread, thrown } = outcomeOf(signal, bytes)
          if (thrown === undefined) {
            expect(unread.partCount + unread.itemCount).toBe(1)
            for (const reason of unread.reasons) expect(reason).toContain(sentence)
            return
          }
          expect(thrown).toBeInstanceOf(WhodidError)
          expect(thrown).toMatchObject({ code: 'invalid_body' })
          expect((thrown as WhodidError).message).toContain(sentence)
        }),
        { numRuns: 100 },
      )
    },
  )
})

describe('an array', () => {
  it('whose scalars are packed, as no AnyValue is, is left out: its bytes are no messages', () => {
    // ArrayValue.values is a message field, so that it cannot be packed; numbers written in its place are one broken AnyValue.
    const packed = Buffer.concat([0x80, 0x80, 0x80].map((byte) => Buffer.from([byte])))
    const value: Message = [[0x2a, [[0x0a, delimited(packed)]]]]
    const pair: Message = [
      [0x0a, text('k')],
      [0x12, value],
    ]
    const bytes = encode(batch([], [[0x4a, pair]]))
    expect(outcomeOf('spans', bytes).unread).toMatchObject({ partCount: 1, itemCount: 0 })
  })
})

/** What could not be read of a request; what was thrown, where it was refused whole. */
function outcomeOf(signal: OtlpSignal, bytes: Buffer): { unread: Unread; thrown: unknown } {
  const none = { partCount: 0, itemCount: 0, reasons: [] }
  try {
    const { unread } = decode({ bytes, encoding: 'protobuf', signal, limits })
    return { unread: unread(), thrown: undefined }
  } catch (thrown) {
    return { unread: none, thrown }
  }
}
