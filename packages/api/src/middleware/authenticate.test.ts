import { createHash } from 'node:crypto'
import { WhodidError } from '@whodid/model'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { authenticate } from './authenticate.ts'
import type { ApiEnv } from './request-scope.ts'

const sha256 = createHash('sha256').update('whodid_inv_x').digest('hex')
const reader = { name: 'kim', role: 'investigator', tenant: 'acme', sha256 } as const

test('a known token is set in the context, an unknown one is refused, and an open path needs none', async () => {
  const tokens = [reader]
  const app = new Hono<ApiEnv>()
  app.use(authenticate(() => tokens, ['/open/']))
  app.get('/open/a', (c) => c.text('open'))
  app.get('/closed', (c) => c.text(c.get('token').name))
  app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 401))
  const ask = async (path: string, authorization?: string): Promise<string> => {
    const headers = authorization === undefined ? {} : { authorization }
    return (await app.request(path, { headers }, {})).text()
  }
  expect(await ask('/closed', 'Bearer whodid_inv_x')).toBe('kim')
  expect(await ask('/closed', 'bearer  whodid_inv_x ')).toBe('kim')
  for (const wrong of [undefined, 'Bearer', 'Basic a2lt', 'Bearer whodid_inv_y'])
    expect(await ask('/closed', wrong), wrong).toBe('unauthenticated')
  expect(await ask('/open/a')).toBe('open')
  // Read at each request: a token that was removed opens nothing any more.
  tokens.pop()
  expect(await ask('/closed', 'Bearer whodid_inv_x')).toBe('unauthenticated')
})

test('a request that this process makes for a session names its reader; no header does', async () => {
  const app = new Hono<ApiEnv>()
  app.use(authenticate(() => []))
  app.get('/closed', (c) => c.text(c.get('token').name))
  app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 401))
  expect(await (await app.request('/closed', {}, { reader })).text()).toBe('kim')
  const headers = { reader: JSON.stringify(reader), 'x-reader': 'kim' }
  expect(await (await app.request('/closed', { headers }, {})).text()).toBe('unauthenticated')
})
