import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readResponses } from './read-responses.ts'

const rules = ['zombie-act', 'borrowed-credential']
const secret = 'hunter2-hunter2-hunter2'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-responses-'))
  await writeFile(join(dir, 'secret'), `${secret}\n`)
  await writeFile(join(dir, 'short'), 'abc')
  await writeFile(join(dir, 'standard'), `whsec_${Buffer.alloc(24, 7).toString('base64')}`)
  await writeFile(join(dir, 'headers'), `Authorization: Bearer ${secret}\nX-Team: security\n`)
  await writeFile(join(dir, 'bad-headers'), `no header ${secret}`)
  await writeFile(join(dir, 'own-headers'), 'Webhook-Id: 1')
  await writeFile(join(dir, 'url'), 'https://hooks.example/T0/secret-part\n')
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

async function read(content: unknown) {
  const path = join(dir, 'responses.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readResponses(path, rules)
}

function one(response: object) {
  return read({ responses: [response] })
}

const webhook = { name: 'page', kind: 'webhook', url: 'https://soc.example/hook' }

test('a file is read with its defaults, and with what its files hold', async () => {
  const answer = await read({
    console_url: 'https://whodid.example/',
    responses: [
      { ...webhook, secret_file: 'secret', header_file: 'headers', rules: ['zombie-act'] },
      { name: 'chat', kind: 'slack', url_file: 'url', severity: 'low' },
      { name: 'mail', kind: 'program', argv: ['/usr/bin/mail-it', '--to', 'soc'] },
      { name: 'open', kind: 'case', tenant: 'acme' },
      { name: 'hold', kind: 'pause' },
      { name: 'end', kind: 'kill', within_minutes: 5, most_per_hour: 1, cascade: false },
    ],
  })
  expect(answer.consoleUrl).toBe('https://whodid.example')
  expect(answer.responses.map(({ response }) => response)).toMatchObject([
    { tenant: 'default', rules: ['zombie-act'], severity: 'high', most_per_hour: 100 },
    { rules: [], severity: 'low' },
    { argv: ['/usr/bin/mail-it', '--to', 'soc'] },
    { tenant: 'acme' },
    { severity: 'medium', within_minutes: 60, most_per_hour: 10, cascade: true },
    { within_minutes: 5, most_per_hour: 1, cascade: false },
  ])
  expect(answer.responses.map(({ receiver }) => receiver)).toEqual([
    {
      url: 'https://soc.example/hook',
      headers: { authorization: `Bearer ${secret}`, 'x-team': 'security' },
      secret: Buffer.from(secret),
    },
    { url: 'https://hooks.example/T0/secret-part', headers: {}, secret: undefined },
    ...Array.from({ length: 4 }, () => undefined),
  ])
})

test('a secret of Standard Webhooks is the bytes behind its prefix', async () => {
  const { responses } = await one({ ...webhook, secret_file: 'standard' })
  expect(responses[0]?.receiver?.secret).toEqual(Buffer.alloc(24, 7))
})

test('plain HTTP is for this machine, or where it is allowed', async () => {
  for (const url of ['http://127.0.0.1:9/x', 'http://localhost/x', 'http://[::1]:9/x'])
    expect((await one({ ...webhook, url })).responses[0]?.receiver?.url).toBe(url)
  const allowed = { ...webhook, url: 'http://soc.example/', allow_http: true }
  expect((await one(allowed)).responses[0]?.receiver?.url).toBe('http://soc.example/')
})

test.each<[string, object, RegExp]>([
  [
    'unknown kind',
    { ...webhook, kind: 'pager' },
    /responses\[0\]\.kind in .* expected webhook, slack, program, case, pause, kill; got "pager"/u,
  ],
  [
    'unknown field',
    { ...webhook, retries: 3 },
    /responses\[0\] in .* expected known fields only; got "retries"/u,
  ],
  [
    'no name',
    { ...webhook, name: undefined },
    /responses\[0\]\.name in .* expected a name of 1–49/u,
  ],
  ['a name with a space', { ...webhook, name: 'a b' }, /responses\[0\]\.name in .*; got "a b"/u],
  [
    'unknown rule',
    { ...webhook, rules: ['zombie-acts'] },
    /responses\[0\]\.rules in .* expected IDs of rules.*did you mean "zombie-act".*; got "zombie-acts"/u,
  ],
  ['no rule', { ...webhook, rules: [] }, /expected at least one rule/u],
  [
    'unknown severity',
    { ...webhook, severity: 'huge' },
    /responses\[0\]\.severity in .* expected low, medium, high, critical; got "huge"/u,
  ],
  [
    'no address',
    { name: 'a', kind: 'slack' },
    /expected "url" or "url_file", one of them; got "neither"/u,
  ],
  ['two addresses', { ...webhook, url_file: 'url' }, /one of them; got "both"/u],
  [
    'another scheme',
    { ...webhook, url: 'file:///etc/passwd' },
    /responses\[0\]\.url in .* expected an http or https URL; got another value/u,
  ],
  [
    'plain HTTP',
    { ...webhook, url: 'http://soc.example/' },
    /expected an https URL, one of this machine, or "allow_http": true/u,
  ],
  [
    'a user in the URL',
    { ...webhook, url: `https://me:${secret}@soc.example/` },
    /expected a URL without a user/u,
  ],
  [
    'a missing file',
    { ...webhook, secret_file: 'nothing' },
    /responses\[0\]\.secret_file of .* expected a file .*: ENOENT/u,
  ],
  [
    'a short secret',
    { ...webhook, secret_file: 'short' },
    /expected a secret of at least 16 bytes/u,
  ],
  [
    'no headers',
    { ...webhook, header_file: 'bad-headers' },
    /header_file in .* expected 1–10 lines/u,
  ],
  [
    "the message's own header",
    { ...webhook, header_file: 'own-headers' },
    /does not set itself; got "webhook-id"/u,
  ],
  [
    'a relative program',
    { name: 'a', kind: 'program', argv: ['mail'] },
    /argv\[0\] in .* expected the absolute path of a program/u,
  ],
  [
    'a shell line',
    { name: 'a', kind: 'program', argv: '/bin/mail x' },
    /argv in .* expected an array/u,
  ],
  [
    'no time',
    { name: 'a', kind: 'kill', within_minutes: 0 },
    /within_minutes in .* expected 1 to 1440 minutes; got 0/u,
  ],
  [
    'one rule to stop by',
    { name: 'a', kind: 'pause', rules: ['zombie-act'] },
    /responses\[0\]\.rules in .* expected at least two different rules.*; got an array/u,
  ],
  [
    'one rule twice to stop by',
    { name: 'a', kind: 'kill', rules: ['zombie-act', 'zombie-act'] },
    /expected at least two different rules/u,
  ],
  [
    'an address as the name',
    { name: `https://hooks.slack.example/services/${secret}`, kind: 'slack', url_file: 'url' },
    /responses\[0\]\.name in .* expected a name .*; got another value/u,
  ],
  [
    'an address without its scheme as a rule',
    { ...webhook, rules: [`hooks.slack.example/services/${secret}`] },
    /got another value/u,
  ],
  [
    'too many',
    { name: 'a', kind: 'kill', most_per_hour: 1.5 },
    /most_per_hour in .* expected 1 to 1000; got 1.5/u,
  ],
])('refused: %s', async (_, response, message) => {
  const error: unknown = await one(response).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invalid_config', message: expect.stringMatching(message) })
  expect(String(error)).not.toContain(secret)
})

test.each<[string, unknown, RegExp]>([
  [
    'no JSON',
    `{"url": "${secret}`,
    /the file in .* expected one JSON object; got text that is not valid JSON at its end/u,
  ],
  [
    'a comma too many',
    `{"responses": [{"url": "${secret}"},\n]}`,
    /got text that is not valid JSON at line 2, column 1$/u,
  ],
  ['a byte order mark', '\uFEFF{}', /not valid JSON at line 1, column 1: a byte order mark/u],
  ['an array', [], /the file in/u],
  [
    'an object in place of the array',
    { responses: { url: `https://soc.example/${secret}` } },
    /responses in .* expected an array of responses; got an object/u,
  ],
  ['no response', { responses: [] }, /responses in .* expected at least one response/u],
  [
    'a name twice',
    { responses: [webhook, webhook] },
    /responses\[1\]\.name in .* expected a name of its own; got "page"/u,
  ],
  [
    'too many',
    { responses: Array.from({ length: 21 }, (_, n) => ({ ...webhook, name: `a${n}` })) },
    /at most 20 responses/u,
  ],
  [
    'too large',
    ' '.repeat(70_000),
    /WHODID_RESPONSES expected a file of at most 65536 bytes; got .*: it has 70000 bytes/u,
  ],
])('refused file: %s', async (_, content, message) => {
  const error: unknown = await read(content).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invalid_config', message: expect.stringMatching(message) })
  expect(String(error)).not.toContain(secret)
})
