import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { WhodidError } from '@whodid/model'
import type { ApiToken } from '../api-options.ts'

/** The context of a handler. Off a socket (`app.request` in a test) there are no bindings. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings> & {
    /** The reader of a request that was made in this process, by the console for a session. No header can set it. */
    readonly reader?: ApiToken
  }
  Variables: { requestId: string; token: ApiToken }
}

const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/**
 * Gives each request an ID of ours (a client's own is not taken over) and each answer the security headers. No cache keeps
 * an answer unless its route says so. Must come before every other middleware.
 */
export function stampRequest(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    c.set('requestId', randomUUID())
    await next()
    c.res.headers.set('whodid-request-id', c.get('requestId'))
    for (const [name, value] of Object.entries(securityHeaders)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  }
}

/** Requests of the reading routes answered at one time; one more is refused. */
export const requestsInFlightMax = 64

/** Bounds the requests under way and counts them in `load`. A stream counts until its first line; streams have a bound of their own. */
export function boundRequests(load: { inFlight: number }): MiddlewareHandler<ApiEnv> {
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
