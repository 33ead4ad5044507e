import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { tokenKind, WhodidError } from '@whodid/model'
import type { ApiToken } from '../api-options.ts'
import type { ApiEnv } from './request-scope.ts'

/**
 * Sets the token of the request in its context: the reader that the process itself names, or the token of the header. Paths that begin with one of `openPaths` need none. The tokens are read at
 * each request, so that one can be added and removed. Throws `unauthenticated`.
 */
export function authenticate(
  tokens: () => readonly ApiToken[],
  openPaths: readonly string[] = [],
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (!openPaths.some((path) => c.req.path.startsWith(path)))
      c.set('token', c.env.reader ?? knownToken(c.req.header('authorization'), tokens()))
    await next()
  }
}

/**
 * Returns the token that an `Authorization` header presents. Every known hash is compared, in constant time, whichever matches.
 * Throws `unauthenticated`. The presented text appears in no error.
 */
function knownToken(header: string | undefined, tokens: readonly ApiToken[]): ApiToken {
  if (header === undefined)
    throw new WhodidError('unauthenticated', '"authorization" expected "Bearer <token>"; got none')
  const presented = /^bearer +([\x21-\x7e]+) *$/iu.exec(header)?.[1]
  if (presented === undefined)
    throw new WhodidError(
      'unauthenticated',
      '"authorization" expected "Bearer <token>"; got something else',
    )
  const hash = createHash('sha256').update(presented).digest()
  let known: ApiToken | undefined
  for (const token of tokens)
    if (timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))) known = token
  if (known === undefined) throw new WhodidError('unauthenticated', unknownToken(presented))
  return known
}

/** Names the kind of the token, as far as its text shows it: a sender's token is the one most often mistaken. */
function unknownToken(token: string): string {
  const kind = tokenKind(token)
  const unknown = 'the bearer token is not one that this Whodid knows'
  if (kind === undefined) return unknown
  return kind === 'ingest'
    ? `${unknown}; it looks like an "ingest" token, which sends and cannot read: an "investigator" token is needed`
    : `${unknown}; it looks like an "${kind}" token of another data directory, or of a reader that was removed`
}
