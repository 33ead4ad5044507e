import { createHash, timingSafeEqual } from 'node:crypto'
import { tokenKind, WhodidError } from '@whodid/model'

/** What a token may do: `ingest` stores spans only, `investigator` reads, `admin` does everything. */
export type Role = 'ingest' | 'investigator' | 'admin'

/** A bearer token that the API knows, by its hash. */
export interface ApiToken {
  /** Stands in the record of reads as the reader. */
  readonly name: string
  readonly role: Role
  /** The tenant whose records the token may see. */
  readonly tenant: string
  /** SHA-256 of the token's text, hex. */
  readonly sha256: string
}

/**
 * The token that an `Authorization` header presents. Every known hash is compared, in constant time, whichever matches.
 *
 * Throws `unauthenticated`. The presented text appears in no error.
 */
export function authenticate(header: string | undefined, tokens: readonly ApiToken[]): ApiToken {
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

/** Says what kind of token came, as far as it says so itself: a sender's is the one most often mistaken. */
function unknownToken(token: string): string {
  const kind = tokenKind(token)
  const unknown = 'the bearer token is not one that this Whodid knows'
  if (kind === undefined) return unknown
  return kind === 'ingest'
    ? `${unknown}; it looks like an "ingest" token, which sends and cannot read: an "investigator" token is needed`
    : `${unknown}; it looks like an "${kind}" token of another data directory, or of a reader that was removed`
}
