import { importJWK, SignJWT } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import { optionalText, textClaim, timeClaim } from './claims.ts'
import { identityLimits } from './identity-limits.ts'
import { isPrivate, keyThumbprint, sha256Base64Url } from './key-thumbprint.ts'
import { openToken } from './open-token.ts'
import { RefusedToken } from './refused-token.ts'
import type { SeenIds } from './seen-ids.ts'

/** The request that a proof is bound to. */
export interface ProvenRequest {
  readonly method: string
  /** Query and fragment do not count. */
  readonly url: string
  /** The token that is sent along; undefined where none is. */
  readonly token?: string | undefined
  /** The nonce that the server gave; undefined where it gave none. */
  readonly nonce?: string | undefined
}

/** The demands on a proof. */
export interface ProofDemands {
  readonly request: ProvenRequest
  /** The thumbprint that the token is bound to. */
  readonly thumbprint?: string | undefined
  readonly seen: SeenIds
  /** Seconds since 1970. */
  readonly nowS: number
}

/** The key that a proof is by. */
export interface ProvenKey {
  readonly key: JWK
  readonly thumbprint: string
}

/**
 * Verifies a DPoP proof (RFC 9449) and returns the thumbprint of its key. The key may be ES256 only.
 *
 * Throws {@link RefusedToken}: `proof_mismatch` for another method, URL, token or nonce, `key_mismatch` for another key, `replayed`,
 * `expired` when older than 60 s, and those of {@link openToken}.
 */
export async function verifyDpopProof(proof: string, demands: ProofDemands): Promise<string> {
  return (await proveKey(proof, demands)).thumbprint
}

/** As {@link verifyDpopProof}, of a proof whose key nothing names yet; returns the key too. */
export async function proveKey(proof: string, demands: ProofDemands): Promise<ProvenKey> {
  const { request, thumbprint, seen, nowS } = demands
  const { claims, key } = await openToken(proof, {
    types: ['dpop+jwt'],
    algorithms: ['ES256'],
    headers: ['jwk'],
    key: ({ jwk }) => {
      if (jwk === undefined) throw new RefusedToken('malformed', 'the proof names no key')
      if (isPrivate(jwk))
        throw new RefusedToken('forbidden_header', 'the proof holds a private key')
      return jwk
    },
  })
  const { skewS, proofAgeSMax } = identityLimits
  const issuedAtS = timeClaim(claims, 'iat')
  if (issuedAtS > nowS + skewS)
    throw new RefusedToken('not_yet_valid', 'the proof is of a time to come')
  if (issuedAtS < nowS - proofAgeSMax - skewS)
    throw new RefusedToken('expired', 'the proof is too old')
  if (textClaim(claims, 'htm') !== request.method) throw mismatch('method')
  if (plainUrl(textClaim(claims, 'htu')) !== plainUrl(request.url)) throw mismatch('URL')
  const tokenHash = request.token === undefined ? undefined : sha256Base64Url(request.token)
  if (optionalText(claims, 'ath') !== tokenHash) throw mismatch('token')
  if (request.nonce !== undefined && optionalText(claims, 'nonce') !== request.nonce)
    throw mismatch('nonce')
  const found = keyThumbprint(key)
  if (thumbprint !== undefined && thumbprint !== found)
    throw new RefusedToken('key_mismatch', 'the proof is by another key than the token is bound to')
  // Last, so that a refused proof fills no memory.
  const id = JSON.stringify(['dpop', found, textClaim(claims, 'jti')])
  seen.use(id, issuedAtS + proofAgeSMax + 2 * skewS, nowS)
  return { key, thumbprint: found }
}

/** The key and the time of a proof that is made. */
export interface ProofMaking {
  readonly privateKey: CryptoKey
  readonly publicKey: JWK
  readonly id: string
  /** Seconds since 1970. */
  readonly nowS: number
}

/** Makes a DPoP proof for a request. */
export async function makeDpopProof(request: ProvenRequest, making: ProofMaking): Promise<string> {
  const { privateKey, publicKey, id, nowS } = making
  // Importing tells a malformed key here and not at the server.
  await importJWK(publicKey, 'ES256')
  const { kty, crv, x, y } = publicKey
  const { method, url, token, nonce } = request
  return new SignJWT({
    jti: id,
    htm: method,
    htu: plainUrl(url),
    iat: nowS,
    ...(token === undefined ? {} : { ath: sha256Base64Url(token) }),
    ...(nonce === undefined ? {} : { nonce }),
  })
    .setProtectedHeader({
      alg: 'ES256',
      typ: 'dpop+jwt',
      jwk: { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '' },
    })
    .sign(privateKey)
}

function plainUrl(text: string): string {
  if (!URL.canParse(text)) throw mismatch('URL')
  const { origin, pathname } = new URL(text)
  return `${origin}${pathname}`
}

function mismatch(what: string): RefusedToken {
  return new RefusedToken('proof_mismatch', `the proof is for another ${what}`)
}
