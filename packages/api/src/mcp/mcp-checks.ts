import type { MiddlewareHandler } from 'hono'
import { isHostAllowed, printableLine, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { ApiToken } from '../api-options.ts'
import { problemResponse } from '../errors/problem.ts'
import { authenticate } from '../middleware/authenticate.ts'
import { boundRequests } from '../middleware/request-scope.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { readers } from '../routes/route-parts.ts'

/** The checks of a request before the protocol looks at it, in their order: method, origin, body, token, role. */
export function mcpChecks(
  tokens: () => readonly ApiToken[],
  hostCheck: HostCheck,
): MiddlewareHandler<ApiEnv>[] {
  return [
    onlyPost(),
    checkOrigin(hostCheck),
    boundRequests({ inFlight: 0 }),
    authenticate(tokens),
    onlyReaders(),
  ]
}

/** A client of the older line looks for a stream by GET and ends a session by DELETE: there are none. */
function onlyPost(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.req.method === 'POST') return next()
    const message = `expected POST; got ${printableLine(c.req.method, 40)}`
    const error = new WhodidError('method_not_allowed', message)
    return problemResponse(error, c.get('requestId'), ['POST'])
  }
}

/** Refuses a page of another origin, as the protocol demands. Throws `forbidden`. */
function checkOrigin(hostCheck: HostCheck): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const origin = c.req.header('origin')
    if (
      origin !== undefined &&
      !(URL.canParse(origin) && isHostAllowed(new URL(origin).host, hostCheck))
    )
      throw new WhodidError(
        'forbidden',
        `"origin" expected a page of this Whodid, or none; got "${printableLine(origin, 80)}"`,
      )
    await next()
  }
}

/** Refuses a token that cannot read. Throws `forbidden`. */
function onlyReaders(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { name, role } = c.get('token')
    if (!readers.includes(role))
      throw new WhodidError(
        'forbidden',
        `the token "${name}" has the role "${role}"; expected "${readers.join('" or "')}"`,
      )
    await next()
  }
}
