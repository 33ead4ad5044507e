import { WhodidError } from '@whodid/model'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { checkJsonBody, refuseBodyOfGet } from './check-body.ts'
import type { ApiEnv } from './request-scope.ts'

function appWith(known: readonly string[]): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.use(refuseBodyOfGet())
  app.use(
    checkJsonBody({
      at: (path) => (known.includes(path) ? [{ method: 'POST', parameterNames: [] }] : []),
      methodsAt: () => [],
    }),
  )
  app.get('/a', (c) => c.text('in'))
  app.post('*', async (c) => c.text(await c.req.text()))
  app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 400))
  return app
}

const json = { 'content-type': 'application/json' }

test('the route reads the JSON that was checked', async () => {
  const response = await appWith(['/a']).request('/a', {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"of":["é"]}',
  })
  expect(await response.text()).toBe('{"of":["é"]}')
})

test.each<[string, Record<string, string>, string | Uint8Array<ArrayBuffer>]>([
  ['unsupported_content_type', { 'content-type': 'text/plain' }, '{}'],
  ['invalid_body', json, '{'],
  ['invalid_body', json, new Uint8Array([0x22, 0xff, 0x22])],
  ['body_too_large', json, `"${'a'.repeat(262_144)}"`],
])('a body that is refused with %s', async (code, headers, body) => {
  const init = { method: 'POST', headers, body }
  expect(await (await appWith(['/a']).request('/a', init)).text()).toBe(code)
  // Where no route takes a POST, the body is not looked at.
  expect((await appWith([]).request('/a', init)).status).toBe(200)
})

test('a GET that announces a body is refused', async () => {
  const headers = { 'content-length': '2' }
  expect(await (await appWith([]).request('/a', { headers })).text()).toBe('invalid_body')
  expect(await (await appWith([]).request('/a')).text()).toBe('in')
})
