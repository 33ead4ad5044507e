import { readdirSync, readFileSync } from 'node:fs'
import { attribute } from '@whodid/model'
import type { Random } from '../../../bench/src/random.ts'
import type { Value } from '../../../packages/collector/src/otlp/batch.ts'

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

export const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
/** Texts that some rule, bound or escape may treat in a way of its own. */
export const texts: readonly string[] = [
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
