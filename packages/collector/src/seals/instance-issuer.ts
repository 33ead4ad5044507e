import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { keyThumbprint, mintInstanceToken } from '@whodid/identity'
import type { InstanceFacts, IssuedSubject } from '@whodid/identity'
import { WhodidError } from '@whodid/model'
import { loadOrCreateKey } from '@whodid/tlog-posix'
import type { FilePort, KeyWrapping } from '@whodid/tlog-posix'
import { importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'

/** The place of the key that instance tokens are signed with, and the ledger's name. */
export interface IssuerOptions {
  readonly files: FilePort
  readonly keysDir: string
  /** The form of the private key on the disk; default plain. */
  readonly wrapping?: KeyWrapping | undefined
  /** The log's C2SP origin. */
  readonly origin: string
}

/** A token that is to be made. */
export interface TokenRequest {
  readonly template: string
  readonly instance: string
  readonly delegator?: IssuedSubject | undefined
  readonly task?: string | undefined
  /** The instance's public key. */
  readonly key: JWK
  readonly id: string
  readonly nowS: number
  readonly lifetimeS: number
}

/** The ledger's own issuer of instance tokens. */
export interface InstanceIssuer {
  /** The issuer, and the audience: this ledger, as a URL that nobody fetches. */
  readonly issuer: string
  readonly trustDomain: string
  /** Public, with its ID. */
  readonly publicKey: JWK
  readonly mint: (request: TokenRequest) => Promise<string>
}

/** Opens the issuer's key; makes it at the first start. Throws `invalid_config` for a file that holds no such key; quotes none of it. */
export async function openInstanceIssuer(options: IssuerOptions): Promise<InstanceIssuer> {
  const { files, keysDir, wrapping, origin } = options
  const path = join(keysDir, 'instance-issuer.jwk')
  const text = await loadOrCreateKey(files, path, {
    make: makeKey,
    ...(wrapping === undefined ? {} : { wrapping }),
  })
  const { privateKey, publicKey } = await readKey(path, text)
  const issuer = `https://${origin}`
  const trustDomain = origin.split('/', 1)[0] ?? ''
  const keyId = publicKey.kid ?? ''
  return {
    issuer,
    trustDomain,
    publicKey,
    mint: ({ template, instance, delegator, task, key, id, nowS, lifetimeS }) => {
      const facts: InstanceFacts = { trustDomain, template, instance, delegator, task }
      const making = { issuer, keyId, privateKey, id, nowS, lifetimeS, audience: [issuer] }
      return mintInstanceToken(facts, key, making)
    },
  }
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return JSON.stringify(privateKey.export({ format: 'jwk' }))
}

async function readKey(
  path: string,
  text: string,
): Promise<{ readonly privateKey: CryptoKey; readonly publicKey: JWK }> {
  try {
    // Sound: a value that is no such key is refused by both imports.
    const { kty, crv, x, y, d } = JSON.parse(text) as Record<
      'kty' | 'crv' | 'x' | 'y' | 'd',
      string
    >
    const secret = { kty, crv, x, y, d }
    createPrivateKey({ key: secret, format: 'jwk' })
    const imported = await importJWK(secret, 'ES256')
    if (imported instanceof Uint8Array) throw new Error('a symmetric key')
    const bare = { kty, crv, x, y }
    const publicKey = { ...bare, alg: 'ES256', use: 'sig', kid: keyThumbprint(bare) }
    return { privateKey: imported, publicKey }
  } catch {
    // What does not parse must not be quoted: it may be the private key.
    throw new WhodidError(
      'invalid_config',
      `"${path}" expected the key that instance tokens are signed with, as whodid wrote it; it is damaged`,
    )
  }
}
