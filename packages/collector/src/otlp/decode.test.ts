import fc from 'fast-check'
import protobuf from 'protobufjs/minimal.js'
import { errorCodes, WhodidError } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import type { Value } from './batch.ts'
import { decode } from './decode.ts'
import type { OtlpEncoding, OtlpSignal } from './decode.ts'

const limits = { elementsMax: 10_000, valueDepthMax: 32 }

function read(
  bytes: Buffer | string,
  encoding: OtlpEncoding,
  signal: OtlpSignal = 'spans',
): unknown {
  return decode({ bytes: Buffer.from(bytes), encoding, signal, limits }).groups
}

function refusal(bytes: Buffer | string, encoding: OtlpEncoding): WhodidError {
  try {
    read(bytes, encoding)
  } catch (thrown) {
    if (thrown instanceof WhodidError) return thrown
    throw thrown
  }
  throw new Error('it was not refused')
}

/** One span of OTLP/JSON with these fields beside its IDs. */
function spanJson(fields: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"b7ad6b7169203331"${fields}}]}]}]}`
}

function onlySpan(json: string): { attributes: Map<string, Value>; [field: string]: unknown } {
  const groups = read(json, 'json') as { items: { attributes: Map<string, Value> }[] }[]
  return groups[0]!.items[0]!
}

describe('decode JSON', () => {
  it('takes IDs of either case, numbers as text or number, and keeps every digit', () => {
    const span = onlySpan(
      spanJson(`,"startTimeUnixNano":1700000000123456789,"endTimeUnixNano":"1700000000123456790",
        "kind":3,"flags":257,"status":{"code":2,"message":"no"},"attributes":[
        {"key":"n","value":{"intValue":9007199254740993}},{"key":"s","value":{"intValue":"-9223372036854775808"}},
        {"key":"d","value":{"doubleValue":"NaN"}},{"key":"e","value":{}},{"key":"b","value":{"bytesValue":"AQI="}},
        {"key":"n","value":{"intValue":1}},{"key":"text","value":{"stringValue":"12345678901234567890"}}]`),
    )
    expect(span).toMatchObject({
      traceIdHex: '0af7651916cd43dd8448eb211c80319c',
      startUnixNs: 1700000000123456789n,
      endUnixNs: 1700000000123456790n,
      kind: 3,
      flags: 257,
      statusCode: 2,
      statusMessage: 'no',
      droppedCount: 1,
    })
    expect([...span.attributes]).toEqual([
      ['n', 9007199254740993n],
      ['s', -9223372036854775808n],
      ['d', Number.NaN],
      ['e', null],
      ['b', Uint8Array.of(1, 2)],
      ['text', '12345678901234567890'],
    ])
  })

  it('takes null for absent and leaves out names it does not know, snake case among them', () => {
    const span = onlySpan(
      spanJson(
        ',"name":null,"start_time_unix_nano":"5","attributes":null,"constructor":{},"__proto__":{"name":"x"}',
      ),
    )
    expect(span).toMatchObject({ name: '', startUnixNs: 0n })
    expect(span.attributes.size).toBe(0)
  })

  it.each([
    ['text that is no JSON', '{"resourceSpans":', 'invalid_body', 'JSON'],
    ['nothing', '', 'invalid_body', 'JSON'],
    ['another value', '[]', 'invalid_body', '"body" expected an object; got an array'],
    ['brackets without end', '['.repeat(1_000_000), 'invalid_body', 'JSON'],
    ['brackets past the bound', '['.repeat(4_000_001), 'body_too_large', '4000000'],
    ['a list of resources that is none', '{"resourceSpans":{}}', 'invalid_body', 'an array'],
    [
      'more than the budget',
      spanJson(`,"events":[${Array(10_001).fill('{}').join(',')}]`),
      'body_too_large',
      '10000',
    ],
  ])('refuses %s', (_, body, code, sentence) => {
    const error = refusal(body, 'json')
    expect(error.code).toBe(code)
    expect(error.message).toContain(sentence)
  })
})

describe('decode protobuf', () => {
  it('takes a resource that comes after its spans, and skips fields it does not know', () => {
    const scope = message((w) => w.uint32(0x12).bytes(message((s) => s.uint32(0x2a).string('op'))))
    const resource = message((w) =>
      w.uint32(0x0a).bytes(
        message((pair) =>
          pair
            .uint32(0x0a)
            .string('service.name')
            .uint32(0x12)
            .bytes(message((v) => v.uint32(0x0a).string('shop'))),
        ),
      ),
    )
    const body = message((w) =>
      w
        .uint32(0x0a)
        .bytes(
          message((group) =>
            group
              .uint32(0x12)
              .bytes(scope)
              .uint32(0x0a)
              .bytes(resource)
              .uint32(8002)
              .bytes(Buffer.from('old')),
          ),
        ),
    )
    expect(read(body, 'protobuf')).toMatchObject([
      { resource: { attributes: new Map([['service.name', 'shop']]) }, items: [{ name: 'op' }] },
    ])
  })

  it('refuses a field of the wrong wire type around the spans, naming it', () => {
    const group = message((w) => w.uint32(0x10).uint32(5))
    const body = message((w) => w.uint32(0x0a).bytes(group))
    expect(refusal(body, 'protobuf').message).toBe(
      'the protobuf body expected wire type 2 for "scope"; got 0',
    )
  })

  it('refuses a batch that was cut, at whatever byte', () => {
    fc.assert(
      fc.property(attributes, span, (resource, item) => {
        const whole = toProtobuf(resource, [item])
        expect(read(whole, 'protobuf')).toHaveLength(1)
        for (let length = 1; length < whole.length; length += 1)
          expect(refusal(whole.subarray(0, length), 'protobuf').code, `${length}`).toBe(
            'invalid_body',
          )
      }),
      { numRuns: 10 },
    )
  })

  it('takes the last of a number or a text that comes twice', () => {
    const twice = message((w) => {
      fixed64(w.uint32(0x2a).string('first').uint32(0x30).int32(1).uint32(0x39), 5n)
      return w.uint32(0x30).int32(3).uint32(0x2a).string('last')
    })
    const group = message((g) => g.uint32(0x12).bytes(message((w) => w.uint32(0x12).bytes(twice))))
    const [only] = read(
      message((w) => w.uint32(0x0a).bytes(group)),
      'protobuf',
    ) as {
      items: unknown[]
    }[]
    expect(only?.items).toMatchObject([{ name: 'last', kind: 3, startUnixNs: 5n }])
  })

  it('answers any bytes with a batch or with invalid_body, and cut ones never with a hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const signal of ['spans', 'logs'] as const)
          try {
            read(Buffer.from(bytes), 'protobuf', signal)
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(WhodidError)
            expect(Object.keys(errorCodes)).toContain((thrown as WhodidError).code)
          }
      }),
      { numRuns: 2_000 },
    )
  })
})

function message(write: (writer: protobuf.Writer) => protobuf.Writer): Buffer {
  return Buffer.from(write(protobuf.Writer.create()).finish())
}

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))
const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.uint8Array({ maxLength: 8 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(text, tie('value')), { maxLength: 3, selector: ([key]) => key })
      .map((pairs) => new Map(pairs)),
  ),
}))
const attributes = fc
  .uniqueArray(fc.tuple(text, value), { maxLength: 4, selector: ([key]) => key })
  .map((pairs) => new Map(pairs))
const span = fc.record({
  traceIdHex: hex(16),
  spanIdHex: hex(8),
  parentSpanIdHex: fc.oneof(hex(8), fc.constant('')),
  traceState: text,
  flags: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  name: text,
  kind: fc.integer({ min: 0, max: 5 }),
  startUnixNs: uint64,
  endUnixNs: uint64,
  attributes,
  droppedCount: fc.integer({ min: 0, max: 2 ** 31 }),
  events: fc.array(
    fc.record({ timeUnixNs: uint64, name: text, attributes, droppedCount: fc.nat(1000) }),
    { maxLength: 2 },
  ),
  statusCode: fc.integer({ min: 0, max: 2 }),
  statusMessage: text,
})
type Span = typeof span extends fc.Arbitrary<infer Item> ? Item : never

describe('both encodings', () => {
  it('of the same span decode to the same', () => {
    fc.assert(
      fc.property(attributes, fc.array(span, { maxLength: 3 }), (resource, spans) => {
        const expected = [
          {
            resource: { attributes: resource, droppedCount: 0 },
            scope: { name: 'scope', version: '1', attributes: new Map(), droppedCount: 0 },
            items: spans.map((item) => ({ ...item, links: [] })),
          },
        ]
        expect(read(toProtobuf(resource, spans), 'protobuf')).toEqual(expected)
        expect(read(toJson(resource, spans), 'json')).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})

function toJson(resource: Map<string, Value>, spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: pairsJson(resource) },
        scopeSpans: [
          {
            scope: { name: 'scope', version: '1' },
            spans: spans.map((item) => ({
              traceId: item.traceIdHex.toUpperCase(),
              spanId: item.spanIdHex,
              parentSpanId: item.parentSpanIdHex,
              traceState: item.traceState,
              flags: item.flags,
              name: item.name,
              kind: item.kind,
              startTimeUnixNano: `${item.startUnixNs}`,
              endTimeUnixNano: `${item.endUnixNs}`,
              attributes: pairsJson(item.attributes),
              droppedAttributesCount: item.droppedCount,
              events: item.events.map((event) => ({
                timeUnixNano: `${event.timeUnixNs}`,
                name: event.name,
                attributes: pairsJson(event.attributes),
                droppedAttributesCount: event.droppedCount,
              })),
              status: { code: item.statusCode, message: item.statusMessage },
            })),
          },
        ],
      },
    ],
  })
}

function pairsJson(pairs: ReadonlyMap<string, Value>): unknown[] {
  return [...pairs].map(([key, item]) => ({ key, value: valueJson(item) }))
}

function valueJson(item: Value): unknown {
  if (item === null) return {}
  if (typeof item === 'string') return { stringValue: item }
  if (typeof item === 'boolean') return { boolValue: item }
  if (typeof item === 'bigint') return { intValue: `${item}` }
  if (typeof item === 'number')
    return { doubleValue: Number.isFinite(item) && !Object.is(item, -0) ? item : doubleText(item) }
  if (item instanceof Uint8Array) return { bytesValue: Buffer.from(item).toString('base64') }
  if (item instanceof Map) return { kvlistValue: { values: pairsJson(item) } }
  return { arrayValue: { values: [...(item as Value[])].map(valueJson) } }
}

function doubleText(item: number): string {
  return Object.is(item, -0) ? '-0' : String(item)
}

function toProtobuf(resource: Map<string, Value>, spans: readonly Span[]): Buffer {
  const scope = message((w) => w.uint32(0x0a).string('scope').uint32(0x12).string('1'))
  const group = message((w) => {
    w.uint32(0x0a).bytes(scope)
    for (const item of spans) w.uint32(0x12).bytes(spanBytes(item))
    return w
  })
  const resourceBytes = message((w) => pairsBytes(w, 0x0a, resource))
  const whole = message((w) => w.uint32(0x12).bytes(group).uint32(0x0a).bytes(resourceBytes))
  return message((w) => w.uint32(0x0a).bytes(whole))
}

function spanBytes(item: Span): Buffer {
  return message((w) => {
    w.uint32(0x0a).bytes(Buffer.from(item.traceIdHex, 'hex'))
    w.uint32(0x12).bytes(Buffer.from(item.spanIdHex, 'hex'))
    w.uint32(0x1a).string(item.traceState)
    w.uint32(0x22).bytes(Buffer.from(item.parentSpanIdHex, 'hex'))
    w.uint32(0x2a).string(item.name).uint32(0x30).int32(item.kind)
    fixed64(w.uint32(0x39), item.startUnixNs)
    fixed64(w.uint32(0x41), item.endUnixNs)
    pairsBytes(w, 0x4a, item.attributes)
    w.uint32(0x50).uint32(item.droppedCount)
    for (const event of item.events)
      w.uint32(0x5a).bytes(
        message((inner) => {
          fixed64(inner.uint32(0x09), event.timeUnixNs)
          pairsBytes(inner.uint32(0x12).string(event.name), 0x1a, event.attributes)
          return inner.uint32(0x20).uint32(event.droppedCount)
        }),
      )
    const status = message((s) =>
      s.uint32(0x12).string(item.statusMessage).uint32(0x18).int32(item.statusCode),
    )
    return w.uint32(0x7a).bytes(status).uint32(0x85).fixed32(item.flags)
  })
}

function pairsBytes(
  writer: protobuf.Writer,
  tag: number,
  pairs: ReadonlyMap<string, Value>,
): protobuf.Writer {
  for (const [key, item] of pairs)
    writer
      .uint32(tag)
      .bytes(message((pair) => pair.uint32(0x0a).string(key).uint32(0x12).bytes(valueBytes(item))))
  return writer
}

function valueBytes(item: Value): Buffer {
  return message((w) => {
    if (item === null) return w
    if (typeof item === 'string') return w.uint32(0x0a).string(item)
    if (typeof item === 'boolean') return w.uint32(0x10).bool(item)
    if (typeof item === 'bigint') return varint64(w.uint32(0x18), item)
    if (typeof item === 'number') return w.uint32(0x21).double(item)
    if (item instanceof Uint8Array) return w.uint32(0x3a).bytes(item)
    if (item instanceof Map)
      return w.uint32(0x32).bytes(message((map) => pairsBytes(map, 0x0a, item)))
    const elements = message((list) => {
      for (const element of item as Value[]) list.uint32(0x0a).bytes(valueBytes(element))
      return list
    })
    return w.uint32(0x2a).bytes(elements)
  })
}

function fixed64(writer: protobuf.Writer, item: bigint): void {
  writer.fixed32(Number(item & 0xffff_ffffn)).fixed32(Number(item >> 32n))
}

function varint64(writer: protobuf.Writer, item: bigint): protobuf.Writer {
  const unsigned = BigInt.asUintN(64, item)
  const high = Number(unsigned >> 32n) | 0
  const low = Number(unsigned & 0xffff_ffffn) | 0
  return writer.int64({ high, low, unsigned: false })
}
