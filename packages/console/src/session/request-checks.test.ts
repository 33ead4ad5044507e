import { WhodidError } from '@whodid/model'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { PageEnv } from './page-env.ts'
import { checkFormOrigin, pathWithin, readForm } from './request-checks.ts'

test.each([
  ['/ask?of=span%3Aab&as_recorded=x', '/ask?of=span%3Aab&as_recorded=x'],
  ['/', '/'],
  [undefined, '/'],
  ['', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/a', '/'],
  ['/\\evil.example', '/'],
  ['/%5cevil.example', '/%5cevil.example'],
  ['/a\r\nset-cookie: a=b', '/'],
  ['\t//evil.example', '/'],
  ['/a/..//evil.example', '/'],
  ['/.//evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['ask', '/'],
])('the way back %j leads to %s', (text, expected) => {
  expect(pathWithin(text)).toBe(expected)
})

const app = new Hono<PageEnv>()
app.post('/', async (c) => {
  checkFormOrigin(c)
  return c.text((await readForm(c)).get('a') ?? '')
})
app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 400))

const form = { 'content-type': 'application/x-www-form-urlencoded', host: 'whodid.example' }

test.each<[string, Record<string, string>, string]>([
  ['in', { 'sec-fetch-site': 'same-origin' }, 'a=in'],
  ['in', { origin: 'http://whodid.example' }, 'a=in'],
  ['in', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 'a=in'],
  ['forbidden', {}, 'a=in'],
  ['forbidden', { origin: 'null' }, 'a=in'],
  ['forbidden', { origin: 'http://evil.example' }, 'a=in'],
  ['forbidden', { 'sec-fetch-site': 'cross-site' }, 'a=in'],
  ['forbidden', { 'sec-fetch-site': 'same-site', origin: 'http://whodid.example' }, 'a=in'],
  [
    'unsupported_content_type',
    { origin: 'http://whodid.example', 'content-type': 'text/plain' },
    'a=in',
  ],
  ['body_too_large', { origin: 'http://whodid.example' }, `a=${'x'.repeat(40_000)}`],
])('%s: a form with the headers %j', async (expected, headers, body) => {
  const response = await app.request(
    '/',
    { method: 'POST', headers: { ...form, ...headers }, body },
    {},
  )
  expect(await response.text()).toBe(expected)
})
