import { createHash, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { RefusedToken } from '../refused-token.ts'
import { sealLimits } from './seal-limits.ts'

/** A span that a seal covers, and its digest: see `sealDigest`. */
export interface SealLeaf {
  readonly traceId: string
  readonly spanId: string
  readonly digest: string
}

/** The statement of a seal. */
export interface SealClaims {
  /** SPIFFE ID of the instance. */
  readonly issuer: string
  /** Seconds since 1970. */
  readonly issuedAtS: number
  /** Counts up by one from 1 for each token. */
  readonly seq: number
  /** Hash of the seal before: see `sealHash`; '' at the first. */
  readonly prev: string
  /** SHA-256 of the instance token, base64url. */
  readonly tokenHash: string
  /** The number of the newest revocation that the instance knew of; 0 where it knew of none. */
  readonly seen: number
  readonly leaves: readonly SealLeaf[]
}

/** The type of a seal, in its header. */
export const sealType = 'whodid-seal+jwt'

/** The instance's own key, and its RFC 7638 thumbprint. */
export interface SealKey {
  readonly privateKey: KeyObject
  readonly thumbprint: string
}

/**
 * Makes a seal: a JWS, ES256, that names each span of a batch with its digest. Throws `RefusedToken` `oversized` for more than 256 spans,
 * `malformed` for none.
 */
export function makeSeal(claims: SealClaims, { privateKey, thumbprint }: SealKey): string {
  const { leaves } = claims
  if (leaves.length === 0) throw new RefusedToken('malformed', 'a seal covers at least one span')
  if (leaves.length > sealLimits.leavesMax)
    throw new RefusedToken('oversized', `a seal covers at most ${sealLimits.leavesMax} spans`)
  const header = encoded({ alg: 'ES256', typ: sealType, kid: thumbprint })
  const payload = encoded({
    iss: claims.issuer,
    iat: claims.issuedAtS,
    seq: claims.seq,
    prev: claims.prev,
    wth: claims.tokenHash,
    seen: claims.seen,
    n: leaves.length,
    leaves: leaves.map(({ traceId, spanId, digest }) => [traceId, spanId, digest]),
  })
  const input = `${header}.${payload}`
  const signature = sign('sha256', Buffer.from(input), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

/** The hash by which the next seal names this one: SHA-256 of the whole seal, base64url. */
export function sealHash(seal: string): string {
  return createHash('sha256').update(seal).digest('base64url')
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
