import { readdirSync, readFileSync } from 'node:fs'
import { attribute } from '@whodid/model'
import type { Random } from '../../../bench/src/random.ts'
import type { OtlpSpan, Value } from '../../../packages/collector/src/otlp/batch.ts'
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

const conventionsDir = new URL('../../../packages/collector/src/normalize/', import.meta.url)

/** Every text in the sources of the conventions that could be a key: what any of them may read. */
export const conventionKeys: readonly string[] = [
  ...new Set(
    readdirSync(conventionsDir, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(new URL(name, conventionsDir), 'utf8'))
      .flatMap((source) =>
        [...source.matchAll(/'([\w.:@/ -]{2,80})'/gu)].flatMap(([, word = '']) => word.split(' ')),
      )
      .filter((word) => word !== ''),
  ),
]

const ownKeys: readonly string[] = Object.values(attribute)
const otherKeys = [
  ...[
    'acme.note',
    'acme.fetch.ms',
    'acme.text',
    'acme.prompt.0',
    'x',
    '',
    'straße.name',
    'a b',
    'quote"d',
    'db.password',
  ],
  ...[
    'api_key',
    'acme.token',
    'auth_token',
    'ghp_0123456789abcdef0123456789abcdef0123',
    'gen_ai.prompt.0.content',
    'k'.repeat(130),
  ],
  ...[
    'gen_ai.request.model',
    'gen_ai.usage.input_tokens',
    'gen_ai.response.finish_reasons',
    'acme.toolName',
    'acme.tool_call_id',
  ],
]

const message = (role: string, content: string, rest = {}): string =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }], ...rest }])

const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
const texts: readonly string[] = [
  ...[
    '',
    ' ',
    'none',
    'agent',
    'human',
    'service',
    'tool_call',
    'action',
    'prompt',
    'plan',
    'session',
    'input',
    'model_call',
  ],
  ...[
    'success',
    'failure',
    'unknown',
    'denied',
    'chat',
    'execute_tool',
    'create_memory',
    'handoff',
    'TOOL',
    'true',
    'error',
  ],
  ...[
    '0'.repeat(32) + '-' + 'a'.repeat(16),
    'ab'.repeat(16) + '-' + 'cd'.repeat(8),
    'AB'.repeat(16) + '-' + 'cd'.repeat(8),
  ],
  ...[
    '0197c2a4-7c22-7abc-9abc-0123456789ab',
    `sha256:${'4b1d'.repeat(16)}`,
    'db:row:shop/customers/42',
    'GitHub:Pull:Acme/App/1',
  ],
  ...[
    'https://github.com/Acme/App/pull/1',
    'file:/srv/a',
    'file:///srv/a',
    'FILE:/srv/a',
    'github:pull:acme/app/',
    'a:b:c',
    'ab:cd:http://x',
  ],
  ...[
    secret,
    `use ${secret} now`,
    'password=hunter2secret',
    '{"api_key":"s3cr3tV4lue99"}',
    'https://u:pa55word@h.example/x',
    'AKIAIOSFODNN7EXAMPLE',
  ],
  ...[
    'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk',
    Buffer.from('user:pa55w0rd!x').toString('base64'),
    'pa\u017f\u017fword=hunter2secret',
  ],
  ...[
    Buffer.from('password = hunter2secret').toString('base64'),
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '\u212aey api_\u212aey=abcd1234efgh',
  ],
  ...[
    'pass\\u0077ord=hunter2secret',
    '%70assword=hunter2secret',
    '&quot;password&quot;: &quot;hunter2secret&quot;',
    'token: abcdef0123456789abcdef',
  ],
  ...[
    'tab\there',
    'line\nbreak',
    'nul\0',
    '\u0001\u001f\u007f',
    'back\\slash "quoted"',
    '<b>',
    '{}',
    '\u00a0',
    'a\u2028b',
    '\ufeffx',
    'ünïcödé',
    '漢字',
    '😀',
  ],
  ...[
    'x'.repeat(256),
    'x'.repeat(257),
    'ü'.repeat(200),
    'x'.repeat(1024),
    'x'.repeat(1025),
    'y'.repeat(5000),
    'z'.repeat(70_000),
    '"'.repeat(9000),
  ],
  ...[
    message('user', 'hello there'),
    message('assistant', 'done', { finish_reason: 'stop' }),
    message('user', 'a "b" \\ \n \u0007 ü'),
    message('user', ''),
  ],
  ...[
    message('user', secret),
    message('user', 'pass\nword=hunter2secret'),
    message('system', 'x'),
    '[{"role":"user","parts":[{"type":"text","content":"a\\ud800"}]}]',
  ],
  ...[
    '[{"role":"user","parts":[{"type":"text","content":"raw\tTab"}]}]',
    '[{"role":"user","parts":[{"type":"text","content":"cut',
    '[]',
    '{"a":1}',
    'plain words',
  ],
  ...[
    '[{"role":"user","parts":[{"type":"text","content":"\\u0041\\/\\b"}]}]',
    '[{"role":"user","content":"older"}]',
    message('user', 'x').replace(']}]', ']}] '),
  ],
]

const values: readonly Value[] = [
  ...[
    0n,
    1n,
    7n,
    -1n,
    127n,
    128n,
    2n ** 31n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ],
  ...[0, -0, 1.5, 1e300, 5e-324, 12.75, Number.NaN, Number.POSITIVE_INFINITY, true, false, null],
  ...[
    [],
    ['a'],
    ['a', 'b c'],
    ['', ''],
    ['x'.repeat(300)],
    ['ü'],
    [secret],
    [1n],
    ['a', 1n],
    [null],
    [['a']],
    ['x'.repeat(1100)],
  ],
  Array.from({ length: 65 }, (_, at) => `s${at}`),
  new Map<string, Value>([
    ['k', 'v'],
    ['password', 'p'],
  ]),
  new Map<string, Value>([['bytesValue', 'v']]),
  Buffer.from('bytes'),
  Buffer.from(secret),
]

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

export function anyKey(random: Random): string {
  const pool = random.pick([ownKeys, ownKeys, conventionKeys, otherKeys] as const)
  return pool[random.int(pool.length)] ?? ''
}

export function anyValue(random: Random): Value {
  return (
    (random.int(3) === 0 ? values[random.int(values.length)] : texts[random.int(texts.length)]) ??
    null
  )
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
