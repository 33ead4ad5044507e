import { WhodidError } from '@whodid/model'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { boundRequests, requestsInFlightMax, stampRequest } from './request-scope.ts'
import type { ApiEnv } from './request-scope.ts'

test('each request has an ID of its own, and no cache keeps an answer unless its route says so', async () => {
  const app = new Hono<ApiEnv>()
  app.use(stampRequest())
  app.get('/a', (c) => c.text(c.get('requestId')))
  app.get('/b', (c) => c.text('b', 200, { 'cache-control': 'max-age=60' }))
  const [first, second] = [await app.request('/a'), await app.request('/a')]
  expect(first.headers.get('whodid-request-id')).toBe(await first.text())
  expect(first.headers.get('whodid-request-id')).not.toBe(second.headers.get('whodid-request-id'))
  expect(first.headers.get('cache-control')).toBe('no-store')
  expect((await app.request('/b')).headers.get('cache-control')).toBe('max-age=60')
})

test('one request more than the bound is refused, and an ended one frees its place', async () => {
  const load = { inFlight: requestsInFlightMax - 1 }
  const app = new Hono<ApiEnv>()
  app.use(boundRequests(load))
  let end: () => void = () => undefined
  const held = new Promise<void>((resolve) => (end = resolve))
  app.get('/slow', async (c) => {
    await held
    return c.text('in')
  })
  app.get('/fast', (c) => c.text('in'))
  app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 429))
  const slow = app.request('/slow')
  expect(await (await app.request('/fast')).text()).toBe('too_many_requests')
  end()
  expect(await (await slow).text()).toBe('in')
  expect(await (await app.request('/fast')).text()).toBe('in')
  expect(load.inFlight).toBe(requestsInFlightMax - 1)
})
