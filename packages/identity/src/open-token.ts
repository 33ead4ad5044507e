import { createHash } from 'node:crypto'
import { compactVerify, importJWK } from 'jose'
import type { JWK } from 'jose'
import { claimOf, isClaims, listClaim, optionalTime, timeClaim } from './claims.ts'
import type { Claims } from './claims.ts'
import { identityLimits } from './identity-limits.ts'
import { keyThumbprint } from './key-thumbprint.ts'
import { RefusedToken } from './refused-token.ts'

/** The header of a token, as far as it is used. */
export interface TokenHeader {
  readonly alg: string
  readonly typ: string
  readonly kid: string | undefined
  /** The key in the header of a proof. */
  readonly jwk: JWK | undefined
}

/** The demands on a token. */
export interface TokenDemands {
  /** Values of `typ`, lower case, without `application/`. */
  readonly types: readonly string[]
  /** Algorithms. `none` and symmetric ones are refused whatever stands here. */
  readonly algorithms: readonly string[]
  /** Members that the header may have beside `alg`, `typ` and `kid`. */
  readonly headers?: readonly string[]
  readonly key: (header: TokenHeader, claims: Claims) => Promise<JWK> | JWK
}

/** The evidence that a token was verified. It holds no part of the signature, so nobody can use it as a token. */
export interface TokenEvidence {
  /** SHA-256 of the whole token, hex. */
  readonly sha256: string
  readonly issuer: string
  readonly keyId: string
  /** RFC 7638 thumbprint of the issuer's key. */
  readonly issuerKeyThumbprint: string
  /** The issuer's public key as it was then. */
  readonly issuerKey: JWK
  /** Seconds since 1970. */
  readonly verifiedAtS: number
}

/** A token whose signature is good. */
export interface OpenedToken {
  readonly header: TokenHeader
  readonly claims: Claims
  readonly key: JWK
  readonly sha256: string
}

const asymmetric = /^(?:ES|RS|PS)(?:256|384|512)$/u
const pathOfToken = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/u

/**
 * Verifies the form and the signature of a token, and returns its claims. Checks no claim: see {@link checkTimes} and
 * {@link checkAudience}. Throws {@link RefusedToken}.
 */
export async function openToken(token: string, demands: TokenDemands): Promise<OpenedToken> {
  if (token.length > identityLimits.tokenBytesMax)
    throw new RefusedToken('oversized', `a token has at most ${identityLimits.tokenBytesMax} bytes`)
  if (!pathOfToken.test(token))
    throw new RefusedToken('malformed', 'expected three parts, base64url, with points between')
  const [headerText = '', claimsText = ''] = token.split('.')
  const header = readHeader(parsePart(headerText), demands)
  const claims = parsePart(claimsText)
  const key = await demands.key(header, claims)
  await verifySignature(token, header.alg, key)
  return { header, claims, key, sha256: createHash('sha256').update(token).digest('hex') }
}

/** The evidence of a token that was opened, for the record. */
export function evidenceOf(
  { key, sha256, header }: OpenedToken,
  issuer: string,
  nowS: number,
): TokenEvidence {
  return {
    sha256,
    issuer,
    keyId: header.kid ?? '',
    issuerKeyThumbprint: keyThumbprint(key),
    issuerKey: key,
    verifiedAtS: nowS,
  }
}

/** The times of a token: seconds since 1970. */
export interface TokenTimes {
  readonly issuedAtS: number
  readonly expiresAtS: number
}

/** Checks `exp`, `iat` and `nbf` with the allowed skew, and the whole lifetime. Throws {@link RefusedToken}. */
export function checkTimes(claims: Claims, nowS: number, lifetimeSMax: number): TokenTimes {
  const { skewS } = identityLimits
  const expiresAtS = timeClaim(claims, 'exp')
  const issuedAtS = timeClaim(claims, 'iat')
  const notBeforeS = optionalTime(claims, 'nbf')
  if (nowS >= expiresAtS + skewS) throw new RefusedToken('expired', 'the token has expired')
  if (issuedAtS > nowS + skewS || (notBeforeS !== undefined && notBeforeS > nowS + skewS))
    throw new RefusedToken('not_yet_valid', 'the token is of a time to come')
  if (expiresAtS - issuedAtS > lifetimeSMax)
    throw new RefusedToken(
      'lifetime_too_long',
      `a token of this kind lives ${lifetimeSMax} s at most`,
    )
  return { issuedAtS, expiresAtS }
}

/** Checks that the token is meant for this audience. Throws {@link RefusedToken} `wrong_audience`. */
export function checkAudience(claims: Claims, audience: string): void {
  if (!listClaim(claims, 'aud').includes(audience))
    throw new RefusedToken('wrong_audience', 'the token is meant for somebody else')
}

function readHeader(
  header: Claims,
  { types, algorithms, headers = [] }: TokenDemands,
): TokenHeader {
  const text = (name: string): string | undefined => {
    const value = claimOf(header, name)
    return typeof value === 'string' ? value : undefined
  }
  const alg = text('alg') ?? ''
  if (!asymmetric.test(alg) || !algorithms.includes(alg))
    throw new RefusedToken('forbidden_algorithm', `expected ${algorithms.join(' or ')}`)
  const typ = (text('typ') ?? '').toLowerCase().replace(/^application\//u, '')
  if (!types.includes(typ))
    throw new RefusedToken('wrong_type', `expected typ ${types.join(' or ')}`)
  const allowed = new Set(['alg', 'typ', 'kid', ...headers])
  const other = Object.keys(header).find((name) => !allowed.has(name))
  // A key or an address of keys in a header would let the token choose by what it is verified.
  if (other !== undefined)
    throw new RefusedToken('forbidden_header', 'the header has a member that is not taken')
  const jwk = claimOf(header, 'jwk')
  return { alg, typ, kid: text('kid'), jwk: isClaims(jwk) ? jwk : undefined }
}

function parsePart(part: string): Claims {
  const bytes = Buffer.from(part, 'base64url')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (thrown) {
    throw new RefusedToken('malformed', 'a part is no JSON', { cause: thrown })
  }
  if (!isClaims(value)) throw new RefusedToken('malformed', 'a part is no JSON object')
  return value
}

async function verifySignature(token: string, alg: string, key: JWK): Promise<void> {
  if ((key.alg !== undefined && key.alg !== alg) || (key.use !== undefined && key.use !== 'sig'))
    throw new RefusedToken('forbidden_algorithm', 'the key is for another algorithm or use')
  // Checks the key's type too: a symmetric key has no thumbprint here.
  keyThumbprint(key)
  try {
    await compactVerify(token, await importJWK(key, alg), { algorithms: [alg] })
  } catch (thrown) {
    throw new RefusedToken('bad_signature', 'the signature is not of this key', { cause: thrown })
  }
}
