import type { Random } from '../../../bench/src/random.ts'
import type { OtlpSpan } from '../../../packages/collector/src/otlp/batch.ts'
import {
  attribute as encodeAttribute,
  bytes,
  fixed64,
  integer,
  spanFields,
  status,
  text,
} from './encode-span.ts'
import type { Pair } from './encode-span.ts'
import { anyKey, anyValue, texts, secret } from './odd-values.ts'

const names = [
  'gen_ai.tool.call.decision',
  'gen_ai.',
  'execute_tool x',
  'handoff to billing',
  'transfer_to_x',
  '',
  'x'.repeat(1100),
  'pay 4111 1111 1111 1111',
]

/** Changes a span, its attributes, its fields or its bytes, in a few places; the same random numbers make the same span. */
export function mutateSpan(span: OtlpSpan, random: Random): Buffer {
  const attributes: Pair[] = [...span.attributes]
  const changes = random.int(4)
  for (let change = 0; change < changes; change += 1) changeAttributes(attributes, random)
  const fields = spanFields(random.int(6) === 0 ? changedFields(span, random) : span, attributes)
  if (random.int(20) === 0) changeWire(fields, random)
  const encoded = Buffer.concat(fields)
  return random.int(12) === 0 ? changeBytes(encoded, random) : encoded
}

function changeAttributes(attributes: Pair[], random: Random): void {
  const at = random.int(Math.max(attributes.length, 1))
  const [key, value] = attributes[at] ?? ['acme.note', 'x']
  const other = attributes[random.int(Math.max(attributes.length, 1))] ?? [key, value]
  const change = random.int(9)
  if (change === 0) attributes.splice(at, 1)
  else if (change === 1) attributes.splice(at, 0, [anyKey(random), anyValue(random)])
  else if (change === 2) attributes[at] = [anyKey(random), value]
  else if (change === 3) attributes.push([key, anyValue(random)])
  else if (change === 4) attributes[at] = other
  else if (change === 5) attributes.push([anyKey(random), other[1]])
  else if (change === 6 && typeof value === 'string')
    attributes[at] = [key, changedText(value, random)]
  else attributes[at] = [key, anyValue(random)]
}

function changedText(value: string, random: Random): string {
  const at = random.int(value.length + 1)
  const insert = texts[random.int(texts.length)] ?? ''
  return random.int(2) === 0 ? value.slice(0, at) + insert + value.slice(at) : value.slice(at)
}

function changedFields(span: OtlpSpan, random: Random): OtlpSpan {
  // Sound: the place is within the list, which is never empty.
  const pick = <Item>(...items: readonly Item[]): Item => items[random.int(items.length)] as Item
  const changes: Partial<OtlpSpan>[] = [
    { name: pick(...names) },
    { name: pick(...texts) },
    { kind: pick(0, 2, 3, 4, 5, 127, 128, 255, 300, -1) },
    { statusCode: pick(0, 1, 2, 3, 127, 200, -1) },
    { statusMessage: pick(...texts) },
    { traceState: pick('a=b', secret) },
    { flags: pick(0, 1, 2 ** 32 - 1) },
    { droppedCount: pick(1, 127, 128, 2 ** 31) },
    { parentSpanIdHex: pick('', '00'.repeat(8), '01'.repeat(7), 'ff'.repeat(8)) },
    { traceIdHex: pick('00'.repeat(16), 'ab', '') },
    { spanIdHex: pick('00'.repeat(8), 'ab'.repeat(9), '') },
    {
      startUnixNs: pick(
        0n,
        1n,
        2n ** 63n - 1n,
        9_223_372_035_000_000_000n,
        9_223_372_035_000_000_001n,
      ),
    },
    { endUnixNs: pick(0n, 1n, 2n ** 64n - 1n, 9_223_372_036_000_000_000n) },
    {
      events: [
        {
          timeUnixNs: 5n,
          name: pick('exception', 'gen_ai.choice'),
          attributes: new Map([['message', 'm']]),
          droppedCount: 0,
        },
      ],
    },
    {
      links: [
        {
          traceIdHex: 'ab'.repeat(16),
          spanIdHex: 'cd'.repeat(8),
          traceState: '',
          attributes: new Map(),
          droppedCount: 0,
          flags: 0,
        },
      ],
    },
  ]
  return { ...span, ...pick(...changes) }
}

/** Fields twice, in another order, of another wire type, unknown, or attributes that are no pairs. */
function changeWire(fields: Buffer[], random: Random): void {
  const odd: readonly Buffer[] = [
    fields[random.int(fields.length)] ?? Buffer.alloc(0),
    status(2, 'again'),
    integer(5, 1n),
    fixed64(9, 1n),
    text(99, 'unknown'),
    bytes(9, Buffer.alloc(0)),
    bytes(9, Buffer.concat([bytes(2, text(1, 'value first')), text(1, 'acme.key')])),
    bytes(9, Buffer.concat([text(1, 'acme.a'), text(1, 'acme.b'), bytes(2, text(1, 'v'))])),
    bytes(
      9,
      Buffer.concat([text(1, 'acme.a'), bytes(2, Buffer.concat([text(1, 'v'), text(1, 'w')]))]),
    ),
    bytes(9, text(1, 'acme.no_value')),
    encodeAttribute(9, ['acme.bytes', Buffer.from([0xff, 0xfe])]),
    bytes(
      9,
      Buffer.concat([text(1, 'acme.a'), bytes(2, bytes(1, Buffer.from([0x61, 0xff, 0xc3])))]),
    ),
    bytes(15, Buffer.concat([integer(3, 1n), text(2, 'behind')])),
  ]
  fields.splice(random.int(fields.length + 1), 0, odd[random.int(odd.length)] ?? Buffer.alloc(0))
  if (random.int(2) === 0) fields.push(...fields.splice(0, random.int(fields.length)))
}

function changeBytes(encoded: Buffer, random: Random): Buffer {
  const changed = [...encoded]
  for (let change = 0; change <= random.int(3); change += 1) {
    const at = random.int(changed.length)
    const kind = random.int(3)
    if (kind === 0) changed[at] = random.int(256)
    else if (kind === 1) changed.splice(at, 1)
    else changed.splice(at, 0, random.int(256))
  }
  return Buffer.from(changed)
}
