import type { Attributes, OtlpSpan, Value } from '../../../packages/collector/src/otlp/batch.ts'

export type Pair = readonly [key: string, value: Value]

/** The fields of a span, its attributes as they are given. */
export function spanFields(span: OtlpSpan, attributes: readonly Pair[]): Buffer[] {
  return [
    bytes(1, Buffer.from(span.traceIdHex, 'hex')),
    bytes(2, Buffer.from(span.spanIdHex, 'hex')),
    ...(span.traceState === '' ? [] : [text(3, span.traceState)]),
    ...(span.parentSpanIdHex === '' ? [] : [bytes(4, Buffer.from(span.parentSpanIdHex, 'hex'))]),
    text(5, span.name),
    integer(6, BigInt(span.kind)),
    fixed64(7, span.startUnixNs),
    fixed64(8, span.endUnixNs),
    ...attributes.map((pair) => attribute(9, pair)),
    ...(span.droppedCount === 0 ? [] : [integer(10, BigInt(span.droppedCount))]),
    ...span.events.map((event) =>
      bytes(
        11,
        Buffer.concat([
          fixed64(1, event.timeUnixNs),
          text(2, event.name),
          ...pairs(3, event.attributes),
        ]),
      ),
    ),
    ...span.links.map((link) =>
      bytes(
        13,
        Buffer.concat([
          bytes(1, Buffer.from(link.traceIdHex, 'hex')),
          bytes(2, Buffer.from(link.spanIdHex, 'hex')),
          ...pairs(4, link.attributes),
        ]),
      ),
    ),
    status(span.statusCode, span.statusMessage),
    fixed32(16, span.flags),
  ]
}

export function status(code: number, message: string): Buffer {
  const said = message === '' ? [] : [text(2, message)]
  return bytes(15, Buffer.concat([...said, ...(code === 0 ? [] : [integer(3, BigInt(code))])]))
}

/** One request, of one resource and scope, of spans as bytes. */
export function request(
  head: { readonly resource: readonly Pair[]; readonly scope: string },
  spans: readonly Buffer[],
): Buffer {
  const scope = bytes(1, Buffer.concat([text(1, head.scope), text(2, '1.0')]))
  const group = bytes(2, Buffer.concat([scope, ...spans.map((span) => bytes(2, span))]))
  const resource = bytes(1, Buffer.concat(head.resource.map((pair) => attribute(1, pair))))
  return bytes(1, Buffer.concat([resource, group]))
}

export function attribute(field: number, [key, value]: Pair): Buffer {
  return bytes(field, Buffer.concat([text(1, key), bytes(2, anyValue(value))]))
}

function pairs(field: number, attributes: Attributes): Buffer[] {
  return [...attributes].map((pair) => attribute(field, pair))
}

function anyValue(value: Value): Buffer {
  if (value === null) return Buffer.alloc(0)
  if (typeof value === 'string') return text(1, value)
  if (typeof value === 'boolean') return integer(2, value ? 1n : 0n)
  if (typeof value === 'bigint') return integer(3, value)
  if (typeof value === 'number') {
    const double = Buffer.alloc(8)
    double.writeDoubleLE(value)
    return Buffer.concat([tag(4, 1), double])
  }
  if (value instanceof Uint8Array) return bytes(7, value)
  if (value instanceof Map) return bytes(6, Buffer.concat(pairs(1, value)))
  // Sound: every other kind of value has been written above.
  const list = value as readonly Value[]
  return bytes(5, Buffer.concat(list.map((element) => bytes(1, anyValue(element)))))
}

export function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value))
}

export function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([tag(field, 2), varInt(BigInt(value.length)), value])
}

export function integer(field: number, value: bigint): Buffer {
  return Buffer.concat([tag(field, 0), varInt(BigInt.asUintN(64, value))])
}

export function fixed64(field: number, value: bigint): Buffer {
  const fixed = Buffer.alloc(8)
  fixed.writeBigUInt64LE(BigInt.asUintN(64, value))
  return Buffer.concat([tag(field, 1), fixed])
}

function fixed32(field: number, value: number): Buffer {
  const fixed = Buffer.alloc(4)
  fixed.writeUInt32LE(value >>> 0)
  return Buffer.concat([tag(field, 5), fixed])
}

function tag(field: number, wireType: number): Buffer {
  return varInt(BigInt(field * 8 + wireType))
}

function varInt(value: bigint): Buffer {
  const written: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) written.push(Number(rest & 0x7fn) | 0x80)
  written.push(Number(rest))
  return Buffer.from(written)
}
