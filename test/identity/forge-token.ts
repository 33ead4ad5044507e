import { createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey, JWK } from 'jose'

/** Claims or members of a header to set; undefined takes one away. */
export type Change = Readonly<Record<string, unknown>>

/** A key to sign with, and its public half. */
export interface Pair {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: JWK
}

/** Makes a pair of keys. */
export async function makePair(alg: string): Promise<Pair> {
  const made = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey: made.privateKey, publicKey: await exportJWK(made.publicKey) }
}

/** A value as a part of a token. */
export function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A part of a token as a value. */
function readPart(token: string, place: number): Record<string, unknown> {
  const text = Buffer.from(token.split('.')[place] ?? '', 'base64url').toString()
  // Only tokens that were made here are read.
  return JSON.parse(text) as Record<string, unknown>
}

/** Signs a token again with changed claims and header; a claim of undefined is left out. */
export async function forge(
  token: string,
  change: { claims?: Change | undefined; header?: Change | undefined; signer: Pair },
): Promise<string> {
  // Every header here has an algorithm.
  const header = { ...readPart(token, 0), ...change.header } as { alg: string }
  const claims = { ...readPart(token, 1), ...change.claims }
  if (header.alg === 'none') return `${part(header)}.${part(claims)}.`
  if (header.alg === 'HS256') {
    const signed = `${part(header)}.${part(claims)}`
    const secret = JSON.stringify(change.signer.publicKey)
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  // Leaves out what is undefined.
  const shown = JSON.parse(JSON.stringify(header)) as { alg: string }
  // Leaves out what is undefined.
  return new SignJWT(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>)
    .setProtectedHeader({ ...shown, alg: change.signer.alg })
    .sign(change.signer.privateKey)
}

/** Changes the claims of a token and keeps its signature. */
export function swapClaims(token: string, change: Change): string {
  const [header, , signature] = token.split('.')
  return [header, part({ ...readPart(token, 1), ...change }), signature].join('.')
}
