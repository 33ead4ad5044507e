import { WhodidError } from '@whodid/model'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { assetUrls } from '../assets.ts'
import type { PageEnv } from './page-env.ts'
import { checkFormOrigin, isSecure, pathWithin, readForm } from './request-checks.ts'
import { sameToken } from './sessions.ts'
import type { Sessions } from './sessions.ts'

/**
 * Sets the session of the request in its context. A reader without one is sent to sign in, and comes back to the page that was asked
 * for; a form is refused instead. Throws `unauthenticated` for a form.
 */
export function signedIn(sessions: Sessions): MiddlewareHandler<PageEnv> {
  return async (c, next) => {
    const id = readCookie(c, 'session')
    const session = id === undefined ? undefined : sessions.find(id)
    if (session !== undefined) {
      c.set('session', session)
      return next()
    }
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
      throw new WhodidError('unauthenticated', 'the session has ended; sign in again')
    const { pathname, search } = new URL(c.req.url)
    // A path that leads elsewhere, `//host`, becomes `/`.
    const target = pathWithin(`${pathname}${search}`)
    // The strict cookie does not come with a link on another site: the page asks for itself again, and then it does.
    if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(comeBackPage(target))
    return c.redirect(`/sign-in?next=${encodeURIComponent(target)}`, 303)
  }
}

/** Reads a form of a signed-in reader. Throws `forbidden` when it is not one of this session's pages that posted it. */
export async function readSessionForm(c: Context<PageEnv>): Promise<URLSearchParams> {
  checkFormOrigin(c)
  const form = await readForm(c)
  if (!sameToken(form.get('form_token') ?? '', c.get('session').formToken))
    throw new WhodidError('forbidden', 'the form is not of this session; load its page again')
  return form
}

/** Cookies of the console. Over TLS their names bind them to this host. */
type CookieName = 'session' | 'form' | 'oidc'

/** Reads a cookie of the console. */
export function readCookie(c: Context<PageEnv>, name: CookieName): string | undefined {
  return getCookie(c, cookieName(c, name))
}

/**
 * Sets a cookie that no script reads and that ends with the browser. No other site's request carries it; that of a sign-in under way
 * comes back with the link by which the provider sends the browser here.
 */
export function writeCookie(c: Context<PageEnv>, name: CookieName, value: string): void {
  setCookie(c, cookieName(c, name), value, {
    httpOnly: true,
    sameSite: name === 'oidc' ? 'Lax' : 'Strict',
    path: '/',
    secure: isSecure(c),
  })
}

/** Removes a cookie of the console. */
export function removeCookie(c: Context<PageEnv>, name: CookieName): void {
  deleteCookie(c, cookieName(c, name), { path: '/', secure: isSecure(c) })
}

function cookieName(c: Context<PageEnv>, name: CookieName): string {
  return `${isSecure(c) ? '__Host-' : ''}whodid-${name}`
}

function comeBackPage(target: string): string {
  const escaped = target.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Whodid</title><link rel="icon" href="${assetUrls.icon}"><meta http-equiv="refresh" content="0;url=${escaped}"></head><body><p><a href="${escaped}">Go on</a></p></body></html>`
}
