import { WhodidError } from '@whodid/model'
import { Hono } from 'hono'
import {
  addSignIn,
  checkPageHost,
  createSessions,
  securePage,
  sessionBoundsDefault,
} from './session/index.ts'
import type { PageEnv } from './session/index.ts'
import { assets } from './assets.ts'
import { createAskApi } from './ask-api.ts'
import type { Console, ConsoleOptions } from './console-options.ts'
import { addOidc } from './oidc/add-oidc.ts'
import { addPages } from './add-pages.ts'
import { errorPage } from './pages/error-page.tsx'

/**
 * The console: pages for people, in front of the API. Every page is made from answers of the API, asked in this process under the name
 * of the reader who signed in, so that each view is checked, bounded, of one tenant and in the access log. Paths that are no page
 * go to the API. Does NOT listen: see `startApi`.
 */
export function createConsole(options: ConsoleOptions): Console {
  const { api, readers, oidc, hostCheck = 'loopback', now = Date.now } = options
  const sessions = createSessions(readers, now, { ...sessionBoundsDefault, ...options.sessions })
  const app = new Hono<PageEnv>()
  app.use(securePage())
  app.use(checkPageHost(hostCheck))
  for (const { url, body, type } of assets)
    app.get(url, (c) => {
      const headers = {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      }
      return c.body(body, 200, headers)
    })
  addSignIn(app, { sessions, readers, oidc })
  if (oidc !== undefined) addOidc(app, { sessions, options: oidc, now })
  addPages(app, { sessions, ask: createAskApi(options), now })
  const paths = new Set(app.routes.map(({ path }) => path).filter((path) => !path.endsWith('*')))
  app.notFound((c) =>
    errorPage(
      paths.has(c.req.path)
        ? new WhodidError('method_not_allowed', 'the page takes no such request')
        : new WhodidError('not_found', 'there is no page at this address'),
      c,
    ),
  )
  app.onError(errorPage)
  return {
    fetch: async (request, env = {}) => {
      if (paths.has(new URL(request.url).pathname)) return app.fetch(request, env)
      const answer = await api.fetch(request, env)
      return answer.status === 404 && isFollowedLink(request) ? app.fetch(request, env) : answer
    },
  }
}

/** True for an address that a person typed or followed in a browser: a program that asks the API wants its own form of an error. */
function isFollowedLink({ method, headers, url }: Request): boolean {
  const isApi = /^\/(?:v1\/|mcp$|openapi\.json$)/u.test(new URL(url).pathname)
  return method === 'GET' && !isApi && (headers.get('accept') ?? '').includes('text/html')
}
