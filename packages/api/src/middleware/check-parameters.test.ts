import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { WhodidError } from '@whodid/model'
import { expect, test } from 'vitest'
import { checkMethod, checkParameters } from './check-parameters.ts'
import { knownRoutesOf } from './known-routes.ts'
import type { ApiEnv } from './request-scope.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/things/{id}',
  request: { query: z.object({ from: z.string().optional(), to: z.string().optional() }) },
  responses: { 200: { description: 'It', content: { 'text/plain': { schema: z.string() } } } },
})

const app = new OpenAPIHono<ApiEnv>()
const routes = knownRoutesOf(app)
app.use(checkMethod(routes))
app.use(checkParameters(routes))
app.openapi(route, (c) => c.text('in', 200))
app.get('/page', (c) => c.text('page'))
app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 400))

test.each([
  ['/v1/things/a', 'in'],
  ['/v1/things/a%2Fb?from=1&to=2', 'in'],
  ['/v1/things/a?from=1&from=2', 'invalid_parameter'],
  ['/v1/things/a?form=1', 'invalid_parameter'],
  ['/v1/things/a?from=', 'invalid_parameter'],
  ['/v1/things/a?from=%ff', 'invalid_parameter'],
])('%s is answered with %s', async (path, expected) => {
  expect(await (await app.request(path)).text()).toBe(expected)
})

test('a method that the path does not take is refused with those that it takes', async () => {
  for (const path of ['/v1/things/a', '/page']) {
    const refused = await app.request(path, { method: 'DELETE' })
    expect(refused.status).toBe(405)
    expect(refused.headers.get('allow')).toBe('GET, HEAD')
  }
  expect((await app.request('/nowhere', { method: 'DELETE' })).status).toBe(404)
})
