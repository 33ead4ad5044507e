import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { isHostAllowed, printableLine, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { ApiToken } from './authenticate.ts'

/** What a handler finds in its context. Off a socket (`app.request` in a test) there are no bindings. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>
  Variables: { requestId: string; token: ApiToken }
}

/** Requests of the reading routes answered at one time; one more is told to wait. */
export const requestsInFlightMax = 64

const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Gives each request an ID of ours (a client's own is not taken over) and each answer the security headers; no answer is kept by a cache, unless its route says so. */
export function stampRequest(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    c.set('requestId', randomUUID())
    await next()
    c.res.headers.set('whodid-request-id', c.get('requestId'))
    for (const [name, value] of Object.entries(securityHeaders)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  }
}

/**
 * Refuses what no client of ours sends: a body, and a `Host` that the check does not let in, which is how a page of another
 * origin reaches a local service (DNS rebinding).
 */
export function refuseOddRequests(hostCheck: HostCheck): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    if (!isHostAllowed(host, hostCheck))
      throw new WhodidError(
        'forbidden',
        `"host" expected a loopback name or one of WHODID_ALLOWED_HOSTS; got "${printableLine(host, 80)}"`,
      )
    // Another method is refused as such, whatever it carries.
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    const length = c.req.header('content-length') ?? '0'
    if (reads && (length !== '0' || c.req.header('transfer-encoding') !== undefined))
      throw new WhodidError('invalid_body', 'expected no body; got one')
    await next()
  }
}

/** Bounds the requests under way. A stream counts until its first line; streams have a bound of their own. */
export function boundRequestsInFlight(load: { inFlight: number }): MiddlewareHandler<ApiEnv> {
  return async (_c, next) => {
    if (load.inFlight >= requestsInFlightMax)
      throw new WhodidError(
        'too_many_requests',
        `${requestsInFlightMax} requests are under way already`,
      )
    load.inFlight += 1
    try {
      await next()
    } finally {
      load.inFlight -= 1
    }
  }
}
