import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { join } from 'node:path'
import { keyThumbprint } from '@whodid/identity'
import type { IssuerOptions } from '@whodid/issuer'
import { WhodidError } from '@whodid/model'
import { loadOrCreateKey, systemFiles } from '@whodid/tlog-posix'
import type { KeyWrapping } from '@whodid/tlog-posix'

/**
 * Opens the key that delegated tokens are signed with; makes it at the first start. It is another than the one of instance tokens, so that a
 * signature over one kind is none over the other. Throws `invalid_config` for a file that holds no such key; quotes none of it.
 */
export async function openExchangeKey(
  keysDir: string,
  wrapping: KeyWrapping | undefined,
): Promise<Pick<IssuerOptions, 'privateKey' | 'publicKey'>> {
  const path = join(keysDir, 'exchange-issuer.jwk')
  const text = await loadOrCreateKey(systemFiles, path, {
    make: makeKey,
    ...(wrapping === undefined ? {} : { wrapping }),
  })
  try {
    // Sound: a value that is no such key is refused by the import.
    const { kty, crv, x, y, d } = JSON.parse(text) as Record<
      'kty' | 'crv' | 'x' | 'y' | 'd',
      string
    >
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const secret = { kty, crv, x, y, d }
    const privateKey = await webcrypto.subtle.importKey('jwk', secret, algorithm, false, ['sign'])
    const bare = { kty, crv, x, y }
    const publicKey = { ...bare, alg: 'ES256', use: 'sig', kid: keyThumbprint(bare) }
    return { privateKey, publicKey }
  } catch {
    // A text that does not parse must not be quoted: it may be the private key.
    throw new WhodidError(
      'invalid_config',
      `"${path}" expected the key that delegated tokens are signed with, as whodid wrote it; it is damaged`,
    )
  }
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return JSON.stringify(privateKey.export({ format: 'jwk' }))
}
