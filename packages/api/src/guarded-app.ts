import { OpenAPIHono } from '@hono/zod-openapi'
import { printableLine, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { Api, ApiToken } from './api-options.ts'
import { problemResponse } from './errors/problem.ts'
import type { OnFailure } from './errors/problem.ts'
import { authenticate } from './middleware/authenticate.ts'
import { checkJsonBody, refuseBodyOfGet } from './middleware/check-body.ts'
import { checkHost } from './middleware/check-host.ts'
import { checkMethod, checkParameters, invalidParameters } from './middleware/check-parameters.ts'
import { knownRoutesOf } from './middleware/known-routes.ts'
import { boundRequests, stampRequest } from './middleware/request-scope.ts'
import type { ApiEnv } from './middleware/request-scope.ts'

/** An app without routes, and its counts. */
export interface GuardedApp {
  readonly app: OpenAPIHono<ApiEnv>
  readonly counts: Api['counts']
  /** Requests of the guarded routes under way. */
  readonly load: { readonly inFlight: number }
}

/** The ports of the checks that come before a route. */
export interface GuardDeps {
  readonly hostCheck: HostCheck
  readonly tokens: () => readonly ApiToken[]
  /** Beginnings of paths that take no token. */
  readonly openPaths: readonly string[]
  readonly onFailure?: OnFailure | undefined
}

/**
 * Makes an app with the checks that every request passes before its route, in their order. Under `/v1` a token, known parameters
 * and a readable body are demanded; `/metrics` takes a token too. Every error becomes a problem.
 */
export function createGuardedApp(deps: GuardDeps): GuardedApp {
  const { hostCheck, tokens, openPaths, onFailure } = deps
  const counts = { unauthenticated: 0, forbidden: 0 }
  const load = { inFlight: 0 }
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: invalidParameters })
  const routes = knownRoutesOf(app)
  app.use(stampRequest())
  app.use(checkMethod(routes))
  app.use(checkHost(hostCheck))
  app.use(refuseBodyOfGet())
  app.use('/metrics', authenticate(tokens))
  app.use('/v1/*', boundRequests(load))
  app.use('/v1/*', authenticate(tokens, openPaths))
  app.use('/v1/*', checkParameters(routes))
  app.use('/v1/*', checkJsonBody(routes))
  app.notFound((c) => {
    const error = new WhodidError('not_found', `nothing is at "${printableLine(c.req.path, 80)}"`)
    return problemResponse(error, c.get('requestId'))
  })
  app.onError((thrown, c) => {
    if (thrown instanceof WhodidError && thrown.code === 'unauthenticated')
      counts.unauthenticated += 1
    if (thrown instanceof WhodidError && thrown.code === 'forbidden') counts.forbidden += 1
    const response = problemResponse(thrown, c.get('requestId'))
    if (response.status >= 500) onFailure?.(c.get('requestId'), thrown)
    return response
  })
  return { app, load, counts: () => ({ ...counts }) }
}
