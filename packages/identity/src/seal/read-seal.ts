import { verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { claimOf, isClaims } from '../claims.ts'
import type { Claims } from '../claims.ts'
import { RefusedToken } from '../refused-token.ts'
import { sealType } from './make-seal.ts'
import type { SealClaims, SealLeaf } from './make-seal.ts'
import { sealLimits } from './seal-limits.ts'

/** A seal that was read. Nothing of it is proven before `verifySeal` says so. */
export interface ReadSeal extends Omit<SealClaims, 'leaves'> {
  /** The thumbprint of the key that it says it is by. */
  readonly keyThumbprint: string
  /** Digests by `<trace>-<span>`. */
  readonly leaves: ReadonlyMap<string, string>
  readonly signedText: string
  readonly signature: Buffer
}

const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/u
const hashForm = /^[A-Za-z0-9_-]{43}$/u
const members = ['iss', 'iat', 'seq', 'prev', 'wth', 'seen', 'n', 'leaves']

/**
 * Reads a seal. Everything about its form is settled here: the one algorithm, no header that chooses a key, each member once and none
 * beside them, each span once. Throws `RefusedToken` `oversized`, `malformed`, `wrong_type`, `forbidden_algorithm`,
 * `forbidden_header`, `malformed_claim`.
 */
export function readSeal(jws: string): ReadSeal {
  if (jws.length > sealLimits.lengthMax)
    throw new RefusedToken('oversized', `a seal has at most ${sealLimits.lengthMax} characters`)
  if (!form.test(jws))
    throw new RefusedToken('malformed', 'a seal has three parts and a signature of 64 bytes')
  const [headerText = '', payloadText = '', signatureText = ''] = jws.split('.')
  const keyThumbprint = readHeader(parsePart(headerText))
  const claims = parsePart(payloadText)
  if (
    Object.keys(claims).length !== members.length ||
    !members.every((m) => Object.hasOwn(claims, m))
  )
    throw bad('payload', `the members ${members.join(', ')}`)
  const leaves = readLeaves(claimOf(claims, 'leaves'))
  if (claimOf(claims, 'n') !== leaves.size) throw bad('n', 'the number of its leaves')
  const prev = text(claims, 'prev')
  if (prev !== '' && !hashForm.test(prev)) throw bad('prev', 'a SHA-256, or nothing')
  return {
    keyThumbprint,
    issuer: issuerOf(claims),
    issuedAtS: count(claims, 'iat'),
    seq: count(claims, 'seq'),
    prev,
    tokenHash: hash(claims, 'wth'),
    seen: count(claims, 'seen'),
    leaves,
    signedText: `${headerText}.${payloadText}`,
    signature: Buffer.from(signatureText, 'base64url'),
  }
}

/** True when the seal was signed by this key. */
export function verifySeal({ signedText, signature }: ReadSeal, publicKey: KeyObject): boolean {
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
  return verify('sha256', Buffer.from(signedText), key, signature)
}

function readHeader(header: Claims): string {
  if (claimOf(header, 'alg') !== 'ES256')
    throw new RefusedToken('forbidden_algorithm', 'a seal is signed with ES256')
  if (claimOf(header, 'typ') !== sealType)
    throw new RefusedToken('wrong_type', `a seal has the typ ${sealType}`)
  const kid = claimOf(header, 'kid')
  if (Object.keys(header).length !== 3 || typeof kid !== 'string' || !hashForm.test(kid))
    throw new RefusedToken('forbidden_header', 'the header of a seal has alg, typ and kid')
  return kid
}

function readLeaves(value: unknown): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>()
  if (!Array.isArray(value) || value.length === 0) throw bad('leaves', 'a list')
  if (value.length > sealLimits.leavesMax)
    throw new RefusedToken('oversized', `a seal covers at most ${sealLimits.leavesMax} spans`)
  // Sound: each element is checked.
  for (const each of value as readonly unknown[]) {
    const { traceId, spanId, digest } = leafOf(each)
    leaves.set(`${traceId}-${spanId}`, digest)
  }
  if (leaves.size !== value.length) throw bad('leaves', 'each span once')
  return leaves
}

function leafOf(value: unknown): SealLeaf {
  const parts: readonly unknown[] = Array.isArray(value) ? value : []
  const [traceId, spanId, digest] = parts
  const isLeaf =
    parts.length === 3 &&
    isForm(traceId, /^[0-9a-f]{32}$/u) &&
    isForm(spanId, /^[0-9a-f]{16}$/u) &&
    isForm(digest, hashForm)
  if (!isLeaf) throw bad('leaves', 'a trace, a span and a digest each')
  return { traceId, spanId, digest }
}

function isForm(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}

function parsePart(part: string): Claims {
  let value: unknown
  try {
    const bytes = Buffer.from(part, 'base64url')
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (thrown) {
    throw new RefusedToken('malformed', 'a part is no JSON', { cause: thrown })
  }
  if (!isClaims(value)) throw new RefusedToken('malformed', 'a part is no JSON object')
  return value
}

function issuerOf(claims: Claims): string {
  const issuer = text(claims, 'iss')
  if (issuer === '' || issuer.length > sealLimits.issuerLengthMax) throw bad('iss', 'a SPIFFE ID')
  return issuer
}

function text(claims: Claims, name: string): string {
  const value = claimOf(claims, name)
  if (typeof value === 'string') return value
  throw bad(name, 'a text')
}

function hash(claims: Claims, name: string): string {
  const value = text(claims, name)
  if (hashForm.test(value)) return value
  throw bad(name, 'a SHA-256')
}

function count(claims: Claims, name: string): number {
  const value = claimOf(claims, name)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw bad(name, 'a whole number')
}

function bad(name: string, expected: string): RefusedToken {
  return new RefusedToken('malformed_claim', `"${name}" of a seal expected ${expected}`)
}
