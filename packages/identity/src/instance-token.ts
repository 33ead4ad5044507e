import { importJWK, SignJWT } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import { listClaim, optionalObject, optionalText, optionalTime, textClaim } from './claims.ts'
import type { Claims } from './claims.ts'
import { identityLimits } from './identity-limits.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { isPrivate, keyThumbprint } from './key-thumbprint.ts'
import { checkAudience, checkTimes, evidenceOf, openToken } from './open-token.ts'
import type { TokenEvidence } from './open-token.ts'
import { RefusedToken } from './refused-token.ts'
import type { AgentStanding, RevocableAgent } from './revocation-state.ts'
import { instanceSpiffeId, parseInstanceId } from './spiffe-id.ts'
import type { InstanceName } from './spiffe-id.ts'

/** A person or another, as their issuer knows them. */
export interface IssuedSubject {
  readonly issuer: string
  readonly id: string
}

/** The ledger that records an instance: its C2SP origin and the key that verifies its checkpoints. */
export interface LedgerReference {
  readonly origin: string
  readonly key: string
}

/** The facts that an agent instance token states. */
export interface InstanceFacts extends InstanceName {
  /** The one on whose behalf the instance acts; undefined for one that acts for itself. */
  readonly delegator?: IssuedSubject | undefined
  readonly task?: string | undefined
  readonly purpose?: string | undefined
  /** The instances that started this one, the nearest last. At most four. */
  readonly ancestors?: readonly string[]
  readonly agent?: {
    readonly model?: string | undefined
    readonly version?: string | undefined
    readonly provider?: string | undefined
  }
  readonly ledger?: LedgerReference | undefined
  /** Place in a Token Status List. */
  readonly status?: { readonly index: number; readonly uri: string } | undefined
}

/** The signing of a token. */
export interface TokenMaking {
  readonly issuer: string
  readonly keyId: string
  readonly privateKey: CryptoKey
  readonly id: string
  /** Seconds since 1970. */
  readonly nowS: number
  /** Seconds. */
  readonly lifetimeS: number
}

/** The type of an agent instance token: a WIT-SVID. */
const instanceTokenType = 'wit+jwt'

/**
 * Mints an agent instance token: a WIT-SVID, ES256, bound to the instance's key, for at most 15 minutes. Throws {@link RefusedToken}
 * `wrong_subject`, `lifetime_too_long`, `forbidden_header` for a private key, `act_too_deep`.
 */
export async function mintInstanceToken(
  facts: InstanceFacts,
  key: JWK,
  { audience, ...making }: TokenMaking & { readonly audience: readonly string[] },
): Promise<string> {
  const { issuer, keyId, privateKey, id, nowS, lifetimeS } = making
  if (!(lifetimeS >= 1 && lifetimeS <= identityLimits.instanceTokenSMax))
    throw new RefusedToken(
      'lifetime_too_long',
      `an instance token lives 1–${identityLimits.instanceTokenSMax} s`,
    )
  if (isPrivate(key)) throw new RefusedToken('forbidden_header', 'the key is a private one')
  if ((facts.ancestors ?? []).length >= identityLimits.hopsMax)
    throw new RefusedToken(
      'act_too_deep',
      `an instance has fewer than ${identityLimits.hopsMax} ancestors`,
    )
  await importJWK(key, 'ES256')
  return new SignJWT({
    ...claimsOf(facts),
    cnf: { jwk: { kty: key.kty, crv: key.crv, x: key.x, y: key.y, alg: 'ES256' } },
  })
    .setProtectedHeader({ alg: 'ES256', typ: instanceTokenType, kid: keyId })
    .setIssuer(issuer)
    .setSubject(instanceSpiffeId(facts))
    .setAudience([...audience])
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + lifetimeS)
    .setJti(id)
    .sign(privateKey)
}

/** The demands on an agent instance token. */
export interface InstanceTokenDemands {
  readonly keys: IssuerKeys
  readonly audience: string
  readonly trustDomain: string
  /** Returns the state of an agent; undefined where it is not known, and then the token is refused. */
  readonly standingOf: (agent: RevocableAgent) => AgentStanding | undefined
  /** Seconds since 1970. */
  readonly nowS: number
}

/** An instance whose token was verified. The token alone proves nothing about who sent it: see `verifyDpopProof`. */
export interface VerifiedInstance extends InstanceFacts {
  readonly identity: string
  readonly issuer: string
  readonly tokenId: string
  readonly issuedAtS: number
  readonly expiresAtS: number
  /** The instance's own public key, and its RFC 7638 thumbprint. */
  readonly key: JWK
  readonly thumbprint: string
  readonly evidence: TokenEvidence
}

/** Verifies an agent instance token. Throws {@link RefusedToken}. */
export async function verifyInstanceToken(
  token: string,
  demands: InstanceTokenDemands,
): Promise<VerifiedInstance> {
  const { keys, audience, trustDomain, standingOf, nowS } = demands
  const opened = await openToken(token, {
    types: [instanceTokenType],
    algorithms: ['ES256'],
    key: ({ kid }, unproven) => {
      if (kid === undefined) throw new RefusedToken('malformed', 'the header names no key')
      return keys.keyOf(textClaim(unproven, 'iss'), kid)
    },
  })
  const { claims } = opened
  const times = checkTimes(claims, nowS, identityLimits.instanceTokenSMax)
  checkAudience(claims, audience)
  const facts = factsOf(claims)
  if (facts.trustDomain !== trustDomain)
    throw new RefusedToken('wrong_subject', 'the instance is of another trust domain')
  const key = confirmationKey(claims)
  const tokenId = textClaim(claims, 'jti')
  checkStanding(standingOf({ ...revocableOf(facts), credentials: [tokenId] }))
  const issuer = textClaim(claims, 'iss')
  return {
    ...facts,
    ...times,
    identity: textClaim(claims, 'sub'),
    issuer,
    tokenId,
    key,
    thumbprint: keyThumbprint(key),
    evidence: evidenceOf(opened, issuer, nowS),
  }
}

/** Refuses an agent that is stopped, or of which nothing is known. Throws `revoked`, `paused`, `standing_unknown`. */
export function checkStanding(found: AgentStanding | undefined): void {
  if (found === undefined)
    throw new RefusedToken('standing_unknown', 'it is not known if the agent is stopped')
  if (found.standing === 'active') return
  throw new RefusedToken(found.standing, `the agent is ${found.standing}`)
}

/** The names by which an instance may be stopped. */
function revocableOf(facts: InstanceFacts): RevocableAgent {
  const { instance, ancestors = [], template, delegator, task } = facts
  return { instance, ancestors, template, delegator: delegator?.id, task }
}

function claimsOf(facts: InstanceFacts): Claims {
  const { template, instance, delegator, task, purpose, ancestors, agent, ledger, status } = facts
  return defined({
    client_id: template,
    agent_type: 'ai_agent',
    agent_instance_id: instance,
    agent_model: agent?.model,
    agent_version: agent?.version,
    agent_provider: agent?.provider,
    agent_context_id: task,
    delegator_sub: delegator?.id,
    delegator_iss: delegator?.issuer,
    delegation_purpose: purpose,
    agent_ancestors: ancestors,
    ledger: ledger && { origin: ledger.origin, key: ledger.key },
    status: status && { status_list: { idx: status.index, uri: status.uri } },
  })
}

function factsOf(claims: Claims): InstanceFacts {
  const name = parseInstanceId(textClaim(claims, 'sub'))
  if (textClaim(claims, 'client_id') !== name.template)
    throw new RefusedToken('claims_disagree', 'subject and client name different templates')
  if (textClaim(claims, 'agent_instance_id') !== name.instance)
    throw new RefusedToken('claims_disagree', 'subject and claim name different instances')
  const id = optionalText(claims, 'delegator_sub')
  const issuer = optionalText(claims, 'delegator_iss')
  if ((id === undefined) !== (issuer === undefined))
    throw new RefusedToken('claims_disagree', 'a delegator has an ID and an issuer')
  const list = optionalObject(optionalObject(claims, 'status') ?? {}, 'status_list')
  const ledger = optionalObject(claims, 'ledger')
  return {
    ...name,
    delegator: id === undefined || issuer === undefined ? undefined : { id, issuer },
    task: optionalText(claims, 'agent_context_id'),
    purpose: optionalText(claims, 'delegation_purpose'),
    ancestors: ancestorsOf(claims),
    agent: {
      model: optionalText(claims, 'agent_model'),
      version: optionalText(claims, 'agent_version'),
      provider: optionalText(claims, 'agent_provider'),
    },
    ledger: ledger && { origin: textClaim(ledger, 'origin'), key: textClaim(ledger, 'key') },
    status: list && { index: optionalTime(list, 'idx') ?? 0, uri: textClaim(list, 'uri') },
  }
}

function ancestorsOf(claims: Claims): readonly string[] {
  const ancestors = listClaim(claims, 'agent_ancestors')
  if (ancestors.length >= identityLimits.hopsMax)
    throw new RefusedToken(
      'act_too_deep',
      `an instance has fewer than ${identityLimits.hopsMax} ancestors`,
    )
  if (new Set([...ancestors, claims['agent_instance_id']]).size !== ancestors.length + 1)
    throw new RefusedToken('act_loop', 'an instance is its own ancestor')
  return ancestors
}

function confirmationKey(claims: Claims): JWK {
  const key = optionalObject(optionalObject(claims, 'cnf') ?? {}, 'jwk')
  if (key === undefined) throw new RefusedToken('missing_claim', '"cnf.jwk" is absent')
  if (isPrivate(key)) throw new RefusedToken('malformed_claim', '"cnf.jwk" is a private key')
  if (key['alg'] !== 'ES256' || key['kty'] !== 'EC' || key['crv'] !== 'P-256')
    throw new RefusedToken('forbidden_algorithm', '"cnf.jwk" expected a key of ES256')
  return key
}

function defined(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
