import { isHostAllowed, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { Context, MiddlewareHandler } from 'hono'
import type { PageEnv } from './page-env.ts'

/** Bytes of a form at most: the longest handle, percent-encoded, and a token fit. */
const formBytesMax = 32_768

const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** Gives each page the headers that forbid everything it does not use; no cache keeps it unless its route says so. */
export function securePage(): MiddlewareHandler<PageEnv> {
  return async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(pageHeaders)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  }
}

/** Refuses a `Host` that the check does not allow (DNS rebinding). Throws `forbidden`. */
export function checkPageHost(check: HostCheck): MiddlewareHandler<PageEnv> {
  return async (c, next) => {
    if (!isHostAllowed(hostOf(c), check))
      throw new WhodidError(
        'forbidden',
        '"host" expected a loopback name or one of WHODID_ALLOWED_HOSTS; got another',
      )
    await next()
  }
}

/**
 * Refuses a form that another site's page posted. The browser says who posted it: in `Sec-Fetch-Site`, or, where it sends none,
 * in `Origin`, which must be this host. A request with neither is refused. Throws `forbidden`.
 */
export function checkFormOrigin(c: Context<PageEnv>): void {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const own = site === undefined ? hostOfOrigin(origin) === hostOf(c) : site === 'same-origin'
  if (own) return
  throw new WhodidError(
    'forbidden',
    'the form was not posted by a page of this console; over plain HTTP a console is used on its own machine only',
  )
}

/** Reads a posted form. Throws `unsupported_content_type`, `body_too_large` or `invalid_body`. */
export async function readForm(c: Context<PageEnv>): Promise<URLSearchParams> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/iu.test(type))
    throw new WhodidError('unsupported_content_type', 'a form was expected; got something else')
  // The platform types the chunks of a body as any; they are bytes (Fetch §2.2.4).
  const body = c.req.raw.body as AsyncIterable<Uint8Array> | null
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > formBytesMax)
      throw new WhodidError('body_too_large', `the form expected at most ${formBytesMax} bytes`)
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** Returns true where the browser is connected by TLS, to this process or to a proxy in front of it. */
export function isSecure(c: Context<PageEnv>): boolean {
  return c.req.url.startsWith('https:') || c.req.header('x-forwarded-proto') === 'https'
}

/**
 * Returns a path of this site to go on to, from text that a link or a form brought: `/` for everything that would lead elsewhere.
 */
export function pathWithin(text: string | undefined): string {
  if (text === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/u.test(text) || text.length > 16_384)
    return '/'
  const base = 'http://console.invalid'
  const url = new URL(text, base)
  // Dots in a path may leave one that begins with two slashes: another host.
  const isWithin = url.origin === base && !url.pathname.startsWith('//')
  return isWithin ? `${url.pathname}${url.search}` : '/'
}

function hostOf(c: Context<PageEnv>): string {
  return (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase()
}

function hostOfOrigin(origin: string | undefined): string | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined
  return new URL(origin).host
}
