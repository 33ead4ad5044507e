import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  checkStanding,
  identityLimits,
  proveKey,
  RefusedToken,
  verifyInstanceToken,
} from '@whodid/identity'
import type { IssuedSubject, ProvenKey, VerifiedInstance } from '@whodid/identity'
import { printableLine, WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Identity } from '../seals/open-identity.ts'
import { tokenRecord } from '../seals/token-record.ts'
import { checkEntitled, delegatorOf } from './credential-rights.ts'
import type { Asker, RightsDeps } from './credential-rights.ts'
import type { ReceiverDeps } from './read-body.ts'
import { invalidBody, readJsonBody } from './read-json-body.ts'
import type { Asked } from './read-json-body.ts'
import { respondJson } from './respond.ts'

/** The parts that register instance tokens. */
export interface CredentialDeps extends ReceiverDeps, RightsDeps {
  readonly identity: Identity
  /** Appends records of Whodid's own; resolves when they are durable. */
  readonly record: (records: readonly LedgerRecord[]) => Promise<unknown>
}

const credentialsPath = '/v1/credentials'

/** Characters of the name of a template or of an instance. */
const nameLengthMax = 200
const templateForm = /^[A-Za-z0-9._-]+$/u
const instanceForm = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){0,7}$/u

/** Characters of a `DPoP` header that is looked at. */
const proofLengthMax = identityLimits.tokenBytesMax

/** True for a request that is about an instance token, and not a signal of OTLP. */
export function isCredentialRequest(request: IncomingMessage): boolean {
  return (request.url ?? '').split('?', 1)[0] === credentialsPath
}

/**
 * `GET` names this ledger as issuer and audience. `POST` registers an instance token, or issues one where the body holds none, to a sender
 * that may speak for the instance and has the instance's key: the header `DPoP` holds a proof for `<issuer>/v1/credentials`, which
 * no relay on the way changes. The token is on record before it is answered.
 *
 * Throws `unauthenticated`, `forbidden`, `invalid_body`, `method_not_allowed`, `too_many_requests`, and `token_refused`.
 */
export async function handleCredentials(
  request: IncomingMessage,
  response: ServerResponse,
  deps: CredentialDeps,
): Promise<void> {
  const { authorization } = request.headers
  const client = deps.authenticate(authorization)
  const asker: Asker = { client, authorization }
  const { identity } = deps
  if (request.method === 'GET') {
    const { issuer, trustDomain, publicKey } = identity.issuer
    respondJson(response, 200, { issuer, trust_domain: trustDomain, keys: [publicKey] })
    return
  }
  if (request.method !== 'POST')
    throw new WhodidError(
      'method_not_allowed',
      `the method expected GET or POST; got ${printableLine(request.method ?? '', 20)}`,
    )
  const asked = await readJsonBody(request, deps)
  const proof = await proofOf(request, identity)
  const presented = asked['token']
  const { token, instance } =
    presented === undefined
      ? await issue(asked, { client, proof, delegator: delegatorOf(asked, asker, deps) }, identity)
      : await take(presented, { client, proof }, identity)
  const hash = identity.tokens.check(token, instance, client)
  const facts = { hash, instance, exporter: client.name, tenant: client.tenant }
  // On record first: no token counts of which the log does not tell.
  await deps.record([tokenRecord(token, facts, deps.nowUnixNs())])
  await identity.tokens.add(token, instance, client)
  respondJson(response, 201, {
    token,
    token_sha256: hash,
    identity: instance.identity,
    delegator: instance.delegator ?? null,
    expires_at: new Date(instance.expiresAtS * 1000).toISOString(),
  })
}

interface Proven {
  readonly client: Asker['client']
  readonly proof: ProvenKey
}

/** The key of a request: that of its proof. */
async function proofOf(request: IncomingMessage, identity: Identity): Promise<ProvenKey> {
  const proof = request.headers['dpop']
  if (typeof proof !== 'string' || proof === '' || proof.length > proofLengthMax)
    throw new RefusedToken('malformed', 'the header DPoP expected one proof of possession')
  const url = `${identity.issuer.issuer}${credentialsPath}`
  return proveKey(proof, {
    request: { method: 'POST', url },
    seen: identity.seenProofs,
    nowS: identity.nowS(),
  })
}

/** Verifies a token that its holder presents. */
async function take(
  presented: unknown,
  { client, proof }: Proven,
  identity: Identity,
): Promise<{ readonly token: string; readonly instance: VerifiedInstance }> {
  if (typeof presented !== 'string') throw invalidBody('"token"', 'an instance token')
  const instance = await verifyInstanceToken(presented, identity.demands(client.tenant))
  if (instance.thumbprint !== proof.thumbprint)
    throw new RefusedToken('key_mismatch', 'the proof is by another key than the token is bound to')
  checkEntitled(client, instance)
  return { token: presented, instance }
}

/** Issues a token for the key that was proven. */
async function issue(
  asked: Asked,
  { client, proof, delegator }: Proven & { readonly delegator: IssuedSubject | undefined },
  identity: Identity,
): Promise<{ readonly token: string; readonly instance: VerifiedInstance }> {
  const template = nameIn(asked, 'template')
  const instance = nameIn(asked, 'instance')
  checkEntitled(client, { template, instance })
  checkStanding(
    identity.standingOf({ instance, template, delegator: delegator?.id }, client.tenant),
  )
  const nowS = identity.nowS()
  const token = await identity.issuer.mint({
    template,
    instance,
    delegator,
    key: proof.key,
    id: randomUUID(),
    nowS,
    lifetimeS: lifetimeIn(asked),
  })
  return { token, instance: await verifyInstanceToken(token, identity.demands(client.tenant)) }
}

function nameIn(asked: Asked, field: 'template' | 'instance'): string {
  const value = asked[field]
  const form = field === 'instance' ? instanceForm : templateForm
  const isName = typeof value === 'string' && value.length <= nameLengthMax && form.test(value)
  if (isName && !value.split('/').some((part) => part === '.' || part === '..')) return value
  throw invalidBody(
    `"${field}"`,
    `1–${nameLengthMax} letters, digits, ".", "_" or "-", as a SPIFFE ID has them, and an instance at most 8 such parts with "/" between`,
  )
}

function lifetimeIn(asked: Asked): number {
  const seconds = asked['lifetime_s'] ?? identityLimits.instanceTokenSMax
  if (typeof seconds === 'number' && seconds >= 1 && seconds <= identityLimits.instanceTokenSMax)
    return Math.floor(seconds)
  throw invalidBody('"lifetime_s"', `1 to ${identityLimits.instanceTokenSMax}`)
}
