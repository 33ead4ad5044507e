import { createHash } from 'node:crypto'

/** Hex digits of a credential's hash that its name has, as the SDK names one. */
const digits = 32

/**
 * Names a key or a token by its ID or its text, as the SDK names a secret: `sha256:` and the first 32 hex digits of its hash. '' for ''.
 */
export function credentialName(text: string): string {
  if (text === '') return ''
  return `sha256:${createHash('sha256').update(text).digest('hex').slice(0, digits)}`
}

/** Names a token by its SHA-256 in Base64, as GitHub's audit log has it: the same name as the token itself gives. */
export function credentialNameOfHash(base64: string): string {
  const hash = Buffer.from(base64, 'base64')
  return hash.length === 32 ? `sha256:${hash.toString('hex').slice(0, digits)}` : ''
}
