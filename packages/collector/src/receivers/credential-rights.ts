import type { IssuedSubject } from '@whodid/identity'
import { printableLine, WhodidError } from '@whodid/model'
import type { Identity } from '../seals/open-identity.ts'
import { isOwnInstance } from '../senders/bind-instance.ts'
import type { IngestClient } from '../senders/ingest-clients.ts'
import { mayLaunchOf } from '../senders/launch-credentials.ts'
import type { LaunchCredentials } from '../senders/launch-credentials.ts'
import { invalidBody } from './read-json-body.ts'
import type { Asked } from './read-json-body.ts'

/** The sender that asks for an instance token. */
export interface Asker {
  readonly client: IngestClient
  readonly authorization: string | undefined
}

/** The parts that say what a sender may have in a token. */
export interface RightsDeps {
  readonly identity: Identity
  readonly launches: LaunchCredentials
}

/** UTF-16 units of a name. */
const nameLengthMax = 200

/**
 * The person in a token that is issued. A launched agent has the one that its launcher named, and chooses none. Any other sender names a
 * person only where it may say that a person acted: the token would else make more of its word than the word is.
 */
export function delegatorOf(
  asked: Asked,
  { client, authorization }: Asker,
  { launches, identity }: RightsDeps,
): IssuedSubject | undefined {
  const named = (id: string, issuer: string): IssuedSubject => ({
    id,
    issuer: issuer === '' ? identity.issuer.issuer : issuer,
  })
  if (client.instance !== undefined) {
    const { delegator } = launches.rightsOf(authorization)
    return delegator && named(delegator.id, delegator.issuer)
  }
  if (asked['delegator'] === undefined || !client.humans) return undefined
  const { id, issuer } = delegatorIn(asked)
  return named(id, issuer)
}

/** The `delegator` of a request: `{"id","issuer"}`. Throws `invalid_body`. */
export function delegatorIn(asked: Asked): { readonly id: string; readonly issuer: string } {
  const value = asked['delegator']
  // Sound: its members are checked.
  const { id, issuer = '' } = (typeof value === 'object' && value !== null ? value : {}) as Asked
  if (isName(id) && (issuer === '' || isName(issuer))) return { id, issuer }
  throw invalidBody(
    '"delegator"',
    `an "id" and an "issuer" of 1–${nameLengthMax} printable characters`,
  )
}

/** Throws `forbidden` for a sender that may not speak for the instance. */
export function checkEntitled(
  client: IngestClient,
  { template, instance }: { readonly template: string; readonly instance: string },
): void {
  const isOwn = client.instance === undefined || isOwnInstance(client.instance, instance)
  if (isOwn && mayLaunchOf(client, template)) return
  throw new WhodidError(
    'forbidden',
    `the token may not speak for the instance "${printableLine(instance, 80)}" of "${printableLine(template, 80)}"`,
  )
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= nameLengthMax &&
    /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(value)
  )
}
