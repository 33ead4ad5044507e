import { createHash } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { attribute, redactSecrets } from '@whodid/model'
import type { Actor } from './identity.ts'
import { put } from './identity.ts'

/**
 * The credential that an action authenticated with. Never the secret itself: see {@link credentialId}.
 *
 * @example
 * const credential: Credential = { id: credentialId(token), type: 'pat', subject: 'dev@acme.example' }
 */
export interface Credential {
  /** A hash or `jti` that names the credential and does not reveal it. A text that looks like a secret is hashed before it is sent. */
  readonly id: string
  /** Such as `pat`, `oauth_token`, `api_key`, `svid`, `ssh_key`, `cloud_role`. */
  readonly type?: string
  /** The owner of the credential: `sub`. */
  readonly subject?: string
  /** The user of the credential, when it names one: `act.sub`. */
  readonly actor?: string
  readonly issuer?: string
  /** RFC 3339. */
  readonly expiresAt?: string
  readonly scopes?: readonly string[]
  /** Default: true when the subject is the human delegator and the credential names no actor. */
  readonly borrowed?: boolean
}

/**
 * Names a secret without revealing it: `sha256:` and the first 32 hex digits of its hash. The same secret, the same name.
 *
 * @example
 * const credential = { id: credentialId(process.env.GITHUB_TOKEN ?? ''), type: 'pat' }
 */
export function credentialId(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 32)}`
}

export function credentialAttributes(credential: Credential, actor: Actor): Attributes {
  const attributes: Attributes = {}
  const id = String(credential.id)
  put(attributes, attribute.credentialId, redactSecrets(id) === id ? id : credentialId(id))
  put(attributes, attribute.credentialType, credential.type)
  put(attributes, attribute.credentialSubject, credential.subject)
  put(attributes, attribute.credentialActor, credential.actor)
  put(attributes, attribute.credentialIssuer, credential.issuer)
  put(attributes, attribute.credentialExpiresAt, credential.expiresAt)
  if (credential.scopes !== undefined)
    attributes[attribute.credentialScopes] = credential.scopes.map(String)
  attributes[attribute.credentialBorrowed] = credential.borrowed ?? isBorrowed(credential, actor)
  return attributes
}

function isBorrowed(credential: Credential, actor: Actor): boolean {
  return (
    actor.type === 'agent' &&
    credential.actor === undefined &&
    credential.subject !== undefined &&
    actor.delegator?.type === 'human' &&
    credential.subject === actor.delegator.id
  )
}
