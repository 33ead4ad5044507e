import { WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { checkHost } from './check-host.ts'
import type { ApiEnv } from './request-scope.ts'

test.each<[HostCheck, string, string]>([
  ['loopback', '127.0.0.1:4320', 'in'],
  ['loopback', 'localhost', 'in'],
  ['loopback', 'evil.example', 'forbidden'],
  [['whodid.acme.example'], 'whodid.acme.example:443', 'in'],
  [['whodid.acme.example'], 'evil.example', 'forbidden'],
  ['any', 'evil.example', 'in'],
])('the check %s answers the host %s with %s', async (check, host, expected) => {
  const app = new Hono<ApiEnv>()
  app.use(checkHost(check))
  app.get('/', (c) => c.text('in'))
  app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 403))
  expect(await (await app.request('/', { headers: { host } })).text()).toBe(expected)
})
