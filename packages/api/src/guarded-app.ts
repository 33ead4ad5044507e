import { OpenAPIHono } from '@hono/zod-openapi'
import { printableLine, WhodidError } from '@whodid/model'
import type { ApiOptions, RefusalCounts } from './api-options.ts'
import { authenticate } from './authenticate.ts'
import { checkJsonBody } from './json-body.ts'
import { invalidParameters, readParameters } from './parameters.ts'
import { findPaths, takes } from './known-paths.ts'
import { problemResponse } from './problem.ts'
import { treesPath } from './proof-handlers.ts'
import { boundRequestsInFlight, refuseOddRequests, stampRequest } from './request-scope.ts'
import type { ApiEnv } from './request-scope.ts'

/** An app without routes, and what it counts. */
export interface GuardedApp {
  readonly app: OpenAPIHono<ApiEnv>
  readonly counts: () => RefusalCounts
  /** Requests of the guarded routes under way. */
  readonly load: { readonly inFlight: number }
}

/**
 * An app with what every request passes before its route: an ID and the security headers, the host check, and under `/v1`
 * the bound, the token (which `/metrics` takes too) the names of the parameters and the body of a POST. A method that the path does not take is refused first. What throws becomes a problem.
 */
export function createGuardedApp(options: ApiOptions): GuardedApp {
  const counts = { unauthenticated: 0, forbidden: 0 }
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: invalidParameters })
  app.use(stampRequest())
  // Before all else: a body of another method is nobody's to read, and a token does not make it another method.
  app.use(async (c, next) => {
    const allowed = methodsOf(app, c.req.path)
    if (allowed.length === 0 || allowed.includes(c.req.method)) return next()
    const message = `expected ${allowed.join(' or ')}; got ${printableLine(c.req.method, 40)}`
    const error = new WhodidError('method_not_allowed', message)
    return problemResponse(error, c.get('requestId'), allowed)
  })
  app.use(refuseOddRequests(options.hostCheck ?? 'loopback'))
  const load = { inFlight: 0 }
  app.use('/metrics', async (c, next) => {
    c.set('token', authenticate(c.req.header('authorization'), options.tokens()))
    await next()
  })
  app.use('/v1/*', boundRequestsInFlight(load), async (c, next) => {
    // Tools of C2SP have no token, and the trees hold no record.
    if (!c.req.path.startsWith(treesPath))
      c.set('token', authenticate(c.req.header('authorization'), options.tokens()))
    const route = findPaths(c.req.path).find((known) => takes(known, c.req.method))
    if (route !== undefined) readParameters(c.req.url, route.parameterNames)
    await next()
  })
  app.use('/v1/*', checkJsonBody())
  app.notFound((c) => {
    const error = new WhodidError('not_found', `nothing is at "${printableLine(c.req.path, 80)}"`)
    return problemResponse(error, c.get('requestId'))
  })
  app.onError((thrown, c) => {
    if (thrown instanceof WhodidError && thrown.code === 'unauthenticated')
      counts.unauthenticated += 1
    if (thrown instanceof WhodidError && thrown.code === 'forbidden') counts.forbidden += 1
    const response = problemResponse(thrown, c.get('requestId'))
    if (response.status >= 500) options.onFailure?.(c.get('requestId'), thrown)
    return response
  })
  return { app, load, counts: () => ({ ...counts }) }
}

/** The methods that are answered at a path; none where nothing is. */
function methodsOf(app: OpenAPIHono<ApiEnv>, path: string): string[] {
  const documents = app.routes.filter((route) => route.method === 'GET' && route.path === path)
  const known = [...findPaths(path), ...documents]
  return [
    ...new Set(known.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))),
  ]
}
