import {
  claimOf,
  isClaims,
  listClaim,
  optionalObject,
  optionalText,
  optionalTime,
} from '../claims.ts'
import type { Claims } from '../claims.ts'
import { isPrivate, keyThumbprint } from '../key-thumbprint.ts'
import { RefusedToken } from '../refused-token.ts'

/** Somebody whom a token names. */
export interface NamedParty {
  readonly issuer: string | null
  readonly id: string
  readonly type: 'human' | 'agent' | 'service' | 'unknown'
}

/**
 * The facts of a token that matter to a ledger. It holds no token and no signature: the claims that name somebody, and no other.
 *
 * `mode` says how the agent appears: `delegated` beside a delegator, `autonomous` for itself, `actor` in its own token,
 * `impersonation` not at all, so that the token shows the delegator only, `opaque` where nothing can be read.
 */
export interface TokenReading {
  readonly mode: 'delegated' | 'autonomous' | 'actor' | 'impersonation' | 'opaque'
  /** The agent as deployed. */
  readonly template: string | null
  /** The agent as the issuer names it, which is a run only where {@link instance} says so. */
  readonly agent: string | null
  /** The running instance, where the token names one. Never guessed from an agent's name. */
  readonly instance: string | null
  readonly delegator: NamedParty | null
  /** The person first, the acting agent last. */
  readonly chain: readonly NamedParty[]
  readonly scopes: readonly string[] | null
  readonly task: string | null
  readonly audience: readonly string[]
  readonly issuer: string | null
  /** The `jti` or what the issuer has in its place. */
  readonly credentialId: string | null
  /** Seconds since 1970. */
  readonly expiresAtS: number | null
  /** RFC 7638 thumbprint of the key, or RFC 8705 thumbprint of the certificate, that the token is bound to. */
  readonly boundTo: string | null
}

/** Reads the claims of a verified token. Pure. Throws {@link RefusedToken} `missing_claim`, `malformed_claim`, `act_too_deep`. */
export type TokenReader = (claims: Claims) => TokenReading

/** The facts that every kind of token states in the same claims, and nobody in the places of persons and agents. */
export function commonReading(claims: Claims): Omit<TokenReading, 'mode'> {
  return {
    template: null,
    agent: null,
    instance: null,
    delegator: null,
    chain: [],
    scopes: null,
    task: null,
    audience: listClaim(claims, 'aud'),
    issuer: optionalText(claims, 'iss') ?? null,
    credentialId: optionalText(claims, 'jti') ?? null,
    expiresAtS: optionalTime(claims, 'exp') ?? null,
    boundTo: boundTo(claims),
  }
}

function boundTo(claims: Claims): string | null {
  const confirmation = optionalObject(claims, 'cnf')
  if (confirmation === undefined) return null
  const thumbprint = optionalText(confirmation, 'jkt') ?? optionalText(confirmation, 'x5t#S256')
  if (thumbprint !== undefined) return thumbprint
  const key = claimOf(confirmation, 'jwk')
  if (!isClaims(key)) return null
  if (isPrivate(key)) throw new RefusedToken('malformed_claim', '"cnf.jwk" is a private key')
  return keyThumbprint(key)
}
