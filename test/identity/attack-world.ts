import {
  createIssuerKeys,
  createSeenIds,
  decideExchange,
  instanceSpiffeId,
  keyThumbprint,
  makeDpopProof,
  mintDelegatedToken,
  mintInstanceToken,
  RevocationState,
  verifyDelegatedToken,
} from '@whodid/identity'
import type {
  DecidedExchange,
  DelegatedGrant,
  ExchangeDeps,
  ExchangeRequest,
  InstanceFacts,
  IssuerKeys,
  Refusal,
  Revocation,
  TrustedIssuer,
  VerifiedGrant,
} from '@whodid/identity'
import type { JWK } from 'jose'
import { forge, makePair, part } from './forge-token.ts'
import type { Change, Pair } from './forge-token.ts'

const issuer = 'https://whodid.acme.example'
const idp = 'https://login.acme.example'
export const trustDomain = 'acme.example'
export const resource = 'https://git.acme.example'
const tokenUrl = `${issuer}/v1/token`
const actUrl = `${resource}/pulls/812`
export const nowS = 1_780_000_000
const jane = { issuer: idp, id: 'jane' }

/** The keys of those who take part. `other` is the thief's. */
export interface Keys {
  readonly issuer: Pair
  readonly idp: Pair
  readonly instance: Pair
  readonly other: Pair
  readonly rsa: Pair
}

export const keys: Keys = {
  issuer: await makePair('ES256'),
  idp: await makePair('ES256'),
  instance: await makePair('ES256'),
  other: await makePair('ES256'),
  rsa: await makePair('RS256'),
}

const facts: InstanceFacts = {
  trustDomain,
  template: 'db-fixer',
  instance: '01J0',
  delegator: jane,
  task: 'task-7',
  ancestors: [],
}

/** Changes to make to good material; each attack makes one. */
export interface Attack {
  readonly facts?: Partial<InstanceFacts>
  readonly actorClaims?: Change
  readonly actorHeader?: Change
  readonly actorSigner?: keyof Keys
  readonly actorToken?: (good: string) => string
  readonly subjectClaims?: Change
  readonly subjectHeader?: Change
  readonly subjectSigner?: keyof Keys
  readonly proofClaims?: Change
  readonly proofHeader?: Change
  readonly proofSigner?: keyof Keys
  readonly proof?: (good: string) => string
  readonly request?: Partial<ExchangeRequest>
  readonly deps?: Partial<ExchangeDeps>
  readonly revoked?: readonly Partial<Revocation>[]
  readonly twice?: true
}

/** An attack, and the reason for which it must be refused. */
export type AttackCase = readonly [name: string, refusal: Refusal, attack: Attack]

const named = (key: JWK, kid: string): JWK => ({ ...key, kid })

/** The issuers that are trusted. */
export const trustedIssuers: readonly TrustedIssuer[] = [
  { issuer, keys: [named(keys.issuer.publicKey, 'k1'), named(keys.rsa.publicKey, 'r1')] },
  { issuer: idp, keys: [named(keys.idp.publicKey, 'p1')] },
]

function issuerKeys(): IssuerKeys {
  return createIssuerKeys(trustedIssuers, {
    fetch: () => Promise.reject(new Error('no network here')),
    nowS: () => nowS,
  })
}

export function depsOf(attack: Attack): ExchangeDeps {
  const state = new RevocationState()
  for (const [place, change] of (attack.revoked ?? []).entries())
    state.add({
      seq: place + 1,
      id: `r${place}`,
      tenant: 'default',
      action: 'revoke',
      target: { kind: 'instance', id: '01J0' },
      cascade: true,
      cause: 'test',
      initiator: 'admin',
      atUnixNs: 1n,
      ...change,
    })
  return {
    keys: issuerKeys(),
    issuer,
    audience: issuer,
    trustDomain,
    subjectIssuers: [idp],
    standingOf: (agent) => state.standingOf(agent),
    ceilingOf: (template) =>
      template === 'db-fixer'
        ? { scopes: ['repo:read', 'pr:comment', 'db:write'], audiences: [resource] }
        : undefined,
    taskScopesOf: (task) => (task === 'task-7' ? ['repo:read', 'pr:comment'] : undefined),
    seen: createSeenIds(),
    nowS,
    ...attack.deps,
  }
}

/** The instance token of an attack, for the issuer itself unless another audience is given. */
export async function instanceToken(attack: Attack, audience = issuer): Promise<string> {
  const good = await mintInstanceToken({ ...facts, ...attack.facts }, keys.instance.publicKey, {
    issuer,
    keyId: 'k1',
    privateKey: keys.issuer.privateKey,
    id: 'wit-1',
    nowS,
    lifetimeS: 900,
    audience: [audience],
  })
  const { actorClaims, actorHeader, actorSigner, actorToken = (token) => token } = attack
  if (actorClaims === undefined && actorHeader === undefined && actorSigner === undefined)
    return actorToken(good)
  return forge(good, {
    claims: actorClaims,
    header: actorHeader,
    signer: keys[actorSigner ?? 'issuer'],
  })
}

async function personToken(attack: Attack): Promise<string> {
  const claims = {
    iss: idp,
    sub: 'jane',
    aud: issuer,
    iat: nowS,
    exp: nowS + 3_600,
    jti: 'at-1',
    scope: 'repo:read pr:comment admin:all',
  }
  const good = `${part({ alg: 'ES256', typ: 'at+jwt', kid: 'p1' })}.${part(claims)}.x`
  const { subjectClaims, subjectHeader, subjectSigner } = attack
  return forge(good, {
    claims: subjectClaims,
    header: subjectHeader,
    signer: keys[subjectSigner ?? 'idp'],
  })
}

async function proofFor(attack: Attack, url: string, token?: string): Promise<string> {
  const making = { ...keys.instance, id: 'proof-1', nowS }
  const good = await makeDpopProof({ method: 'POST', url, token }, making)
  const { proofClaims, proofHeader, proofSigner, proof = (text) => text } = attack
  if (proofClaims === undefined && proofHeader === undefined && proofSigner === undefined)
    return proof(good)
  return forge(good, {
    claims: proofClaims,
    header: proofHeader,
    signer: keys[proofSigner ?? 'instance'],
  })
}

/** Plays an exchange with one thing changed. */
export async function exchange(attack: Attack): Promise<DecidedExchange> {
  const deps = depsOf(attack)
  const request: ExchangeRequest = {
    subjectToken: await personToken(attack),
    actorToken: await instanceToken(attack),
    proof: await proofFor(attack, tokenUrl),
    method: 'POST',
    url: tokenUrl,
    audience: resource,
    scopes: ['repo:read', 'pr:comment', 'admin:all'],
    ...attack.request,
  }
  const decided = await decideExchange(request, deps)
  return attack.twice === true ? decideExchange(request, deps) : decided
}

export const actor = (template: string, instance: string) => ({
  issuer,
  subject: instanceSpiffeId({ trustDomain, template, instance }),
  clientId: template,
  profile: 'ai_agent',
})

function goodGrant(): DelegatedGrant {
  return {
    delegator: jane,
    actors: [actor('db-fixer', '01J0'), actor('planner', '01P0')],
    template: 'db-fixer',
    audience: resource,
    scopes: ['repo:read'],
    details: [{ type: 'agent_task', identifier: 'task-7', actions: ['read'] }],
    task: 'task-7',
    thumbprint: keyThumbprint(keys.instance.publicKey),
  }
}

async function delegatedToken(attack: Attack): Promise<string> {
  const good = await mintDelegatedToken(goodGrant(), {
    issuer,
    keyId: 'k1',
    privateKey: keys.issuer.privateKey,
    id: 'dat-1',
    nowS,
    lifetimeS: 300,
  })
  const { subjectClaims, subjectHeader, subjectSigner } = attack
  if (subjectClaims === undefined && subjectHeader === undefined && subjectSigner === undefined)
    return good
  return forge(good, {
    claims: subjectClaims,
    header: subjectHeader,
    signer: keys[subjectSigner ?? 'issuer'],
  })
}

/** The resource server that is shown a delegated token. */
export async function useDelegated(attack: Attack): Promise<VerifiedGrant> {
  const token = await delegatedToken(attack)
  const demands = {
    ...depsOf(attack),
    audience: resource,
    request: { method: 'POST', url: actUrl },
    proof: await proofFor(attack, actUrl, token),
    scope: 'repo:read',
    ...attack.deps,
  }
  const grant = await verifyDelegatedToken(token, demands)
  return attack.twice === true ? verifyDelegatedToken(token, demands) : grant
}
