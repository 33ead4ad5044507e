import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactSecrets } from './redact.ts'

// Joined at run time, so that no scanner takes a test's sample for a leaked secret.
const of = (...parts: string[]): string => parts.join('')
const letters36 = 'abcdefghijklmnopqrstuvwxyz0123456789'

const secrets: readonly (readonly [string, string, string])[] = [
  ['GitHub classic', of('ghp_', letters36), '[redacted:github_token]'],
  ['GitHub OAuth', of('gho_', letters36), '[redacted:github_token]'],
  ['GitHub server', of('ghs_', letters36), '[redacted:github_token]'],
  ['GitHub fine-grained', of('github_pat_', '11ABCDEFG0_', letters36), '[redacted:github_token]'],
  ['GitLab', of('glpat-', 'AbCdEfGhIjKlMnOpQrSt'), '[redacted:gitlab_token]'],
  ['npm', of('npm_', letters36), '[redacted:npm_token]'],
  ['Slack bot', of('xoxb-', '1234567890-abcdefABCDEF'), '[redacted:slack_token]'],
  ['AWS access key', of('AKIA', 'IOSFODNN7EXAMPLE'), '[redacted:aws_key]'],
  ['AWS session key', of('ASIA', 'IOSFODNN7EXAMPLE'), '[redacted:aws_key]'],
  ['Google', of('AIza', 'SyA1234567890abcdefghijklmnopqrstuv'), '[redacted:google_key]'],
  ['Stripe secret', of('sk_', 'live_', 'abcdefghijklmnop1234'), '[redacted:stripe_key]'],
  ['Stripe restricted', of('rk_', 'live_', 'abcdefghijklmnop1234'), '[redacted:stripe_key]'],
  ['OpenAI', of('sk-', 'proj-', letters36), '[redacted:openai_key]'],
  ['Anthropic', of('sk-', 'ant-api03-', letters36), '[redacted:anthropic_key]'],
  [
    'JWT',
    of('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0In0', '.', 'dozjgNryP4J3jVmNHl0w5N'),
    '[redacted:jwt]',
  ],
  [
    'unsigned JWT',
    of('eyJ', 'hbGciOiJub25lIn0', '.eyJ', 'zdWIiOiIxMjM0In0', '.'),
    '[redacted:jwt]',
  ],
  [
    'PEM',
    of('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE\n-----END RSA ', 'PRIVATE KEY-----'),
    '[redacted:private_key]',
  ],
  [
    'PEM cut short',
    of('-----BEGIN OPENSSH ', 'PRIVATE KEY-----\nb3BlbnNzaC1r'),
    '[redacted:private_key]',
  ],
  ['card', of('4111', '1111', '1111', '1111'), '[redacted:card]'],
  ['card with spaces', '5500 0000 0000 0004', '[redacted:card]'],
  ['card with dashes', '4111-1111-1111-1111', '[redacted:card]'],
  ['American Express', '3782 822463 10005', '[redacted:card]'],
]

const inContext: readonly (readonly [string, string, string])[] = [
  [
    'Bearer header',
    'Authorization: Bearer abc.def-123',
    'Authorization: Bearer [redacted:authorization]',
  ],
  [
    'Basic header',
    'authorization: Basic dXNlcjpwYXNz',
    'authorization: Basic [redacted:authorization]',
  ],
  [
    'header in JSON',
    '{"Authorization":"Bearer abcdef123"}',
    '{"Authorization":"Bearer [redacted:authorization]"}',
  ],
  ['bearer alone', 'curl -H "bearer 0123456789abcdef0"', 'curl -H "bearer [redacted:bearer]"'],
  ['basic alone', 'sent Basic dXNlcjpwYXNz.', 'sent Basic [redacted:basic].'],
  ['cookie', 'Cookie: sid=abc123; theme=dark', 'Cookie: [redacted:cookie]'],
  [
    'URL password',
    'postgres://app:s3cret@db:5432/shop',
    'postgres://app:[redacted:password]@db:5432/shop',
  ],
  ['URL password with @', 'redis://:p@ss@host/0', 'redis://:[redacted:password]@host/0'],
  [
    'URL token',
    'https://abcdefghij0123456789@git.example/x',
    'https://[redacted:token]@git.example/x',
  ],
  ['JSON', '{"password":"hunter2","a":1}', '{"password":"[redacted:secret]","a":1}'],
  [
    'JSON with escapes',
    '{"password":"hun\\"ter2","a":1}',
    '{"password":"[redacted:secret]","a":1}',
  ],
  ['JSON number', '{"pin":1,"password": 123456}', '{"pin":1,"password": "[redacted:secret]"}'],
  [
    'JSON in JSON',
    String.raw`{"body":"{\"password\":\"hunter2\",\"a\":1}"}`,
    String.raw`{"body":"{\"password\":\"[redacted:secret]\",\"a\":1}"}`,
  ],
  [
    'JSON in JSON, quote inside',
    String.raw`"{\"api_key\":\"a\\\"b'c\",\"a\":1}"`,
    String.raw`"{\"api_key\":\"[redacted:secret]\",\"a\":1}"`,
  ],
  ['unclosed JSON', '{"token":"abc def', '{"token":"[redacted:secret]"'],
  [
    'YAML',
    'db:\n  password: hunter2\n  user: app',
    'db:\n  password: [redacted:secret]\n  user: app',
  ],
  [
    'query string',
    'https://x.example/?api_key=abc123&page=2',
    'https://x.example/?api_key=[redacted:secret]&page=2',
  ],
  ['environment', 'DB_PASSWORD=hunter2\nHOME=/root', 'DB_PASSWORD=[redacted:secret]\nHOME=/root'],
  ['camel case', 'githubToken = "abc"', 'githubToken = "[redacted:secret]"'],
  [
    'AWS secret',
    of('aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/', 'bPxRfiCYEXAMPLEKEY'),
    'aws_secret_access_key = [redacted:secret]',
  ],
  [
    'connection string',
    'Server=db;Pwd=hunter2;Timeout=3',
    'Server=db;Pwd=[redacted:secret];Timeout=3',
  ],
  ['flag', 'mysql --password hunter2 -h db', 'mysql --password [redacted:secret] -h db'],
  ['single quotes', "secret: 'it is'", "secret: '[redacted:secret]'"],
]

const innocent: readonly string[] = [
  '',
  'Triage the open issues and merge what is green.',
  'task-management-system-overview-document',
  'desk-lamp-with-a-very-long-name-2026',
  'input_tokens: 1200, output_tokens=34, "max_tokens":4096',
  '{"token":null,"password":"","secret":false}',
  'password: ${DB_PASSWORD}',
  'token=$GITHUB_TOKEN',
  'api_key: <your key>',
  'PWD=/srv/app',
  'Basic authentication is not enough; bearer tokens expire.',
  'eyJhbGciOiJIUzI1NiJ9 alone is no token',
  'order 4111111111111112 failed',
  'snowflake 1234567890123456789',
  'at 1763787600000 and 1763787600000000',
  '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
  'sha256:4111111111111111aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'a4111111111111111f',
  'https://github.com/acme/app/pull/812',
  'git@github.com:acme/app.git and ssh://git@host/x',
  'DELETE FROM customers WHERE id IN (40, 41, 42, 43, 44)',
  '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
]

describe('redactSecrets', () => {
  it.each(secrets)('hides %s alone, in a sentence and in JSON', (_name, secret, hidden) => {
    expect(redactSecrets(secret)).toBe(hidden)
    expect(redactSecrets(`${secret}\n`)).toContain(hidden)
    if (!secret.includes('BEGIN')) {
      expect(redactSecrets(`use ${secret} now`)).toBe(`use ${hidden} now`)
      expect(redactSecrets(JSON.stringify({ note: secret }))).toBe(JSON.stringify({ note: hidden }))
    }
  })

  it.each(inContext)('hides a secret by its context: %s', (_name, text, clean) => {
    expect(redactSecrets(text)).toBe(clean)
  })

  it.each(innocent)('keeps %j', (text) => {
    expect(redactSecrets(text)).toBe(text)
  })

  it('leaves no secret behind, wherever it stands, and changes nothing the second time', () => {
    const piece = fc.oneof(
      fc.constantFrom(...secrets.map(([, secret]) => secret).filter((s) => !s.includes('BEGIN'))),
      fc.constantFrom(...innocent),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('\n')
        const once = redactSecrets(text)
        for (const [, secret] of secrets)
          if (pieces.includes(secret) && !innocent.some((line) => line.includes(secret)))
            expect(once).not.toContain(secret)
        expect(redactSecrets(once)).toBe(once)
      }),
    )
  })

  const adversarial = [
    'eyJaaaaaaaa',
    'eyJaaaaaaaa.',
    'eyJ-',
    'password=',
    '"password":"',
    String.raw`\"password\":\"`,
    "secret: '",
    String.raw`"token":"\\`,
    'sk-',
    'sk-ant-',
    '-----BEGIN PRIVATE KEY-----',
    '-----END ',
    '://a:',
    '://',
    ':',
    '4',
    '4111 ',
    '4-',
    'xoxb.',
    'Bearer ',
    'authorization: ',
    'cookie: ',
    '--password ',
    '\\',
    '"',
    ' ',
    'a',
    '_',
    'ghp_',
    'SG.aaaaaaaaaaaaaaaa.',
  ]

  // Quadratic time would make four times the text cost sixteen times as much.
  it.each(adversarial)('takes linear time over repeated %j', (unit) => {
    const cost = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length))
      let best = Number.POSITIVE_INFINITY
      for (let round = 0; round < 3; round += 1) {
        const before = process.cpuUsage()
        redactSecrets(text)
        const after = process.cpuUsage(before)
        best = Math.min(best, after.user + after.system)
      }
      return best
    }
    redactSecrets(unit.repeat(1000))
    // 20 ms of slack keeps the ratio of two small numbers from deciding.
    expect(cost(1_048_576)).toBeLessThan(10 * (cost(262_144) + 20_000))
  })

  it.each([
    ['{"password":"', '"}'],
    ['DB_PASSWORD=', ''],
    ['Bearer 1', ''],
    ['authorization: ', ''],
    ['ghp_', ''],
    ['eyJ', '.aaaaaaaa.aaaaaaaa'],
    ['-----BEGIN PRIVATE KEY-----', ''],
    ['cookie: ', ''],
    [String.raw`\"token\":\"`, String.raw`\"`],
  ])('hides a megabyte that follows %s', (before, after) => {
    const clean = redactSecrets(`${before}${'x'.repeat(1_048_576)}${after}`)
    expect(clean.length).toBeLessThan(200)
    expect(clean).toContain('[redacted:')
  })
})

describe('the look for triggers', () => {
  // One of everything that any pattern needs, none of it a secret: behind it no pattern is spared.
  const everyTrigger = [
    '-----BEGIN ',
    'AGE-SECRET-KEY-1',
    'eyJ',
    'ghp_',
    'github_pat_',
    'glpat-',
    'npm_',
    'pypi-',
    'xox',
    'AKIA',
    'AIza',
    'ya29.',
    'GOCSPX-',
    'sk_live_',
    'whsec_',
    'sk-',
    'hf_',
    'SG.',
    '://',
    '@',
    'authorization',
    'bearer ',
    'basic ',
    'cookie',
    'passw',
    '\\',
    '--',
    ':',
    '=',
    '0'.repeat(13),
  ].join('\n')
  const prefix = `${everyTrigger}\n.\n`
  const pieces = [
    ...[...secrets, ...inContext].map(([, text]) => text),
    'pa\u017fsword=',
    'to\u212aen: ',
    '"',
    "'",
    '\\"',
    ' ',
    '\n',
    '--',
    '://u:',
    '@h',
    ':',
    '=',
    'x1',
    'Bearer ',
    'Basic ',
    'Cookie: ',
    'api_key',
    'Authorization',
    '4111-1111-',
    'hunter2',
    '\u00e9',
  ]

  it('spares no pattern that would have matched', () => {
    expect(redactSecrets(prefix)).toBe(prefix)
    const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(text, (parts) => {
        const joined = parts.join('')
        expect(redactSecrets(prefix + joined)).toBe(prefix + redactSecrets(joined))
      }),
      { numRuns: 500 },
    )
  })
})
