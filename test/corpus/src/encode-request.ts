import type { AttributeValue, SimSpan } from './sim-span.ts'

/** Spans as the body of an `ExportTraceServiceRequest`, grouped by what sent them. */
export function encodeRequest(spans: readonly SimSpan[], encoding: 'json' | 'protobuf'): Buffer {
  const groups = [...groupBySender(spans).values()]
  if (encoding === 'json') return Buffer.from(JSON.stringify({ resourceSpans: groups.map(asJson) }))
  return Buffer.concat(groups.map((group) => message(1, asProtobuf(group))))
}

function groupBySender(spans: readonly SimSpan[]): Map<string, SimSpan[]> {
  const groups = new Map<string, SimSpan[]>()
  for (const span of spans) {
    const key = JSON.stringify([span.resource, span.scope])
    groups.set(key, [...(groups.get(key) ?? []), span])
  }
  return groups
}

function asJson(group: readonly SimSpan[]): object {
  return {
    resource: { attributes: jsonAttributes(group[0]?.resource ?? {}) },
    scopeSpans: [
      {
        scope: { name: group[0]?.scope ?? '' },
        spans: group.map((span) => ({
          traceId: span.traceId,
          spanId: span.spanId,
          ...(span.parentId === '' ? {} : { parentSpanId: span.parentId }),
          name: span.name,
          kind: span.kind,
          startTimeUnixNano: String(span.startNs),
          endTimeUnixNano: String(span.endNs),
          attributes: jsonAttributes(span.attributes),
          links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
          status: { code: span.status },
        })),
      },
    ],
  }
}

function jsonAttributes(attributes: SimSpan['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: jsonValue(value) }))
}

function jsonValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return { intValue: String(value) }
  return { arrayValue: { values: value.map((element) => jsonValue(element)) } }
}

function asProtobuf(group: readonly SimSpan[]): Buffer {
  const resource = protobufAttributes(1, group[0]?.resource ?? {})
  const scope = text(1, group[0]?.scope ?? '')
  const spans = group.map((span) => message(2, protobufSpan(span)))
  return Buffer.concat([
    message(1, resource),
    message(2, Buffer.concat([message(1, scope), ...spans])),
  ])
}

function protobufSpan(span: SimSpan): Buffer {
  return Buffer.concat([
    message(1, Buffer.from(span.traceId, 'hex')),
    message(2, Buffer.from(span.spanId, 'hex')),
    ...(span.parentId === '' ? [] : [message(4, Buffer.from(span.parentId, 'hex'))]),
    text(5, span.name),
    number(6, span.kind),
    fixed64(7, span.startNs),
    fixed64(8, span.endNs),
    protobufAttributes(9, span.attributes),
    ...(span.links ?? []).map(({ traceId, spanId }) =>
      message(
        13,
        Buffer.concat([
          message(1, Buffer.from(traceId, 'hex')),
          message(2, Buffer.from(spanId, 'hex')),
        ]),
      ),
    ),
    message(15, number(3, span.status)),
  ])
}

function protobufAttributes(field: number, attributes: SimSpan['attributes']): Buffer {
  return Buffer.concat(
    Object.entries(attributes).map(([key, value]) =>
      message(field, Buffer.concat([text(1, key), message(2, protobufValue(value))])),
    ),
  )
}

function protobufValue(value: AttributeValue): Buffer {
  if (typeof value === 'string') return text(1, value)
  if (typeof value === 'boolean') return number(2, value ? 1 : 0)
  if (typeof value === 'number') return number(3, value)
  return message(5, Buffer.concat(value.map((element) => message(1, protobufValue(element)))))
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value))
}

function message(field: number, body: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body])
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)])
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return Buffer.concat([varint((field << 3) | 1), bytes])
}

/** At most 32 bits, not negative. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}
