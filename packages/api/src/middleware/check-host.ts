import type { MiddlewareHandler } from 'hono'
import { isHostAllowed, printableLine, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { ApiEnv } from './request-scope.ts'

/**
 * Refuses a `Host` that the check does not allow: a page of another origin reaches a local service that way (DNS rebinding).
 * Throws `forbidden`.
 */
export function checkHost(hostCheck: HostCheck): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    if (!isHostAllowed(host, hostCheck))
      throw new WhodidError(
        'forbidden',
        `"host" expected a loopback name or one of WHODID_ALLOWED_HOSTS; got "${printableLine(host, 80)}"`,
      )
    await next()
  }
}
