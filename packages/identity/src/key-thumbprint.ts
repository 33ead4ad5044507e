import { createHash } from 'node:crypto'
import type { JWK } from 'jose'
import { RefusedToken } from './refused-token.ts'

/** The members that RFC 7638 takes of each type of key, in its order. */
const members: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
  OKP: ['crv', 'kty', 'x'],
}

/** The members of a private or a secret key. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Returns the RFC 7638 thumbprint of a public key: SHA-256, base64url. Throws {@link RefusedToken} `malformed`. */
export function keyThumbprint(key: JWK): string {
  const names = members[key.kty ?? '']
  const pairs = (names ?? []).map((name): [string, unknown] => [name, Reflect.get(key, name)])
  if (names === undefined || pairs.some(([, value]) => typeof value !== 'string'))
    throw new RefusedToken('malformed', 'the key is of no known type')
  return sha256Base64Url(JSON.stringify(Object.fromEntries(pairs)))
}

/** Returns true for a key that holds a secret. */
export function isPrivate(key: JWK): boolean {
  return privateMembers.some((name) => Object.hasOwn(key, name))
}

/** SHA-256 of a text, base64url: the form of `ath` and of thumbprints. */
export function sha256Base64Url(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
