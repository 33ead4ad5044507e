import { WhodidError } from '@whodid/model'
import type { Context, Hono } from 'hono'
import { pathWithin } from '../session/request-checks.ts'
import type { PageEnv } from '../session/page-env.ts'
import { readCookie, removeCookie, writeCookie } from '../session/signed-in.ts'
import type { Sessions } from '../session/sessions.ts'
import { callbackPath } from './oidc-options.ts'
import type { OidcOptions } from './oidc-options.ts'
import { createOidcProvider } from './oidc-provider.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { readerOfClaims } from './reader-of-claims.ts'

/** The ports of the sign-in with a provider. */
interface OidcDeps {
  readonly sessions: Sessions
  readonly options: OidcOptions
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Adds the way to the provider and back (authorization code with PKCE). The browser that began a sign-in is known by a cookie; only it
 * may finish it, once, within ten minutes.
 */
export function addOidc(app: Hono<PageEnv>, { sessions, options, now }: OidcDeps): void {
  const provider = createOidcProvider(options, now)
  const underWay = createPendingSignIns(now)
  app.get('/sign-in/oidc', async (c) => {
    const { url, pending } = await provider.begin(pathWithin(c.req.query('next')))
    writeCookie(c, 'oidc', underWay.keep(pending))
    return c.redirect(url.href, 303)
  })
  app.get(callbackPath, async (c) => {
    const id = readCookie(c, 'oidc')
    removeCookie(c, 'oidc')
    const pending = id === undefined ? undefined : underWay.take(id)
    if (pending === undefined)
      throw new WhodidError(
        'unauthenticated',
        'no sign-in of this browser is under way: it was finished, took more than ten minutes, or began elsewhere; begin again',
      )
    const claims = await provider.finish(new URL(c.req.url).search, pending)
    const reader = readerOfClaims(claims, options)
    openSession(c, sessions.start(reader, { lifeMs: options.sessionMs }), sessions)
    return c.redirect(pending.next, 303)
  })
  app.get('/sign-out/oidc', async (c) => {
    const url = await provider.signOutUrl()
    return c.redirect(url?.href ?? '/sign-in', 303)
  })
}

/** A session that was there before is not taken over: its ID may be known to somebody else. */
function openSession(c: Context<PageEnv>, id: string, sessions: Sessions): void {
  const before = readCookie(c, 'session')
  if (before !== undefined) sessions.end(before)
  writeCookie(c, 'session', id)
}
