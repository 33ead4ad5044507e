import { describe, expect, it } from 'vitest'
import { redactSecrets } from './redact.ts'

const megabyte = 1_048_576

/** CPU seconds that one megabyte of anything may cost: the costliest of these takes 0.9, on a machine that may be slower. */
const cpuMaxS = 6

// Texts that start a pattern and never end it, nest, or are refused and searched again.
const units = [
  'password=',
  'password: ',
  'password is ',
  '"password":"',
  "'password': '",
  'password`',
  'password:`',
  'password|',
  '<password>',
  '<password a="',
  'password" value="',
  'password: |\n  ',
  'password:\n ',
  '--password ',
  '-password,',
  'token ',
  'token=token',
  'token: please ',
  'secret secret ',
  'api key ',
  'login a password ',
  'log in a/',
  'cred a:',
  'name="password"\n\n',
  'pass',
  'passpasspass_',
  'key',
  'api_key_',
  'seed phrase',
  'authorization: ',
  'authorization:bearer ',
  'Cookie: ',
  'cookie=',
  'Bearer a1',
  'basic YWI6Y2Q',
  '_auth:YWI6',
  '://a:',
  '://a:b/',
  '://aaaaaaaaaaaaaaaaaaaa',
  'jdbc:oracle:thin:a/',
  'sig=',
  '&code=a1',
  'x-amz-credential=',
  'mysql -p',
  'mysql a b c d ',
  'docker login ',
  'curl -u a:',
  'net use ',
  'htpasswd -b a a ',
  'echo a | sudo ',
  'kind: Secret\ndata:\n a: b\n',
  '\nkind: Secret\ndata:\n',
  '---\n',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  'Private-Lines: 1\n',
  '"kty""d":"',
  'eyJaaaaaaaa.',
  'eyJ',
  'sk-',
  'sk-a-',
  'ghp_',
  'SG.aaaaaaaaaaaaaaaa.',
  'xoxb-',
  'hooks.slack.com/services/',
  '1:AA',
  '0q~',
  's.',
  'discord MTa',
  'dt0c01.',
  'access-production-',
  '4111 ',
  '4111-1111-',
  '1111',
  '\\',
  '\\"',
  '\\\\"',
  '\\u0070',
  '\\x70',
  '%70',
  '%25',
  '&quot;',
  '&#112;',
  '&',
  'cGFzc3dvcmQ9',
  'cGFz/',
  'YQBhAGEA',
  'aaaa/',
  'a',
  'A',
  '-',
  '_',
  '=',
  ':',
  '|',
  '"',
  "'",
  '`',
  '<',
  '>',
  '{',
  '[',
  ' ',
  '\n',
  '\t',
  '.',
  '/',
  '@',
  '~',
  '\u00e9',
  '\ud83d\ude00',
  '\u017f',
  "identified by '",
  'a:5432:b:c:',
  '\nPASS a1b2c\n',
  'password ((',
  'password: ${',
  'password={{',
  'password: your ',
  'password=a.b.',
  'token: a-',
  'password=&a',
  'password=;a',
  'convertto-securestring ',
]

describe('redaction of a megabyte', () => {
  it.each(units)('costs bounded CPU over repeated %j', (unit) => {
    const text = unit.repeat(Math.ceil(megabyte / unit.length)).slice(0, megabyte)
    const before = process.cpuUsage()
    redactSecrets(text)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(cpuMaxS)
  })

  it('costs bounded CPU where every pattern is tried', () => {
    // A sixteenth of it, and a sixteenth of the bound with some room, after one of each.
    const every = units.join(' x\n')
    for (const unit of ['token ', 'password: ', ' ', 'a', '\\\\"']) {
      const text = `${every}\n${unit.repeat(Math.ceil(megabyte / 16 / unit.length))}`
      const before = process.cpuUsage()
      redactSecrets(text)
      const { user, system } = process.cpuUsage(before)
      expect((user + system) / 1e6, unit).toBeLessThan(2)
    }
  })

  it('cuts a text that is longer than it searches, and says so', () => {
    const clean = redactSecrets(`${'a '.repeat(megabyte)}password=hunter2`)
    expect(clean.length).toBeLessThan(2 * megabyte)
    expect(clean).toMatch(/…\[cut: 2097168 characters\]$/u)
    expect(redactSecrets(clean)).toBe(clean)
  })
})
