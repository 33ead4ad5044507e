import { SignJWT } from 'jose'
import { nestAct, readActChain } from './act-chain.ts'
import type { ActHop } from './act-chain.ts'
import {
  claimOf,
  isClaims,
  listClaim,
  optionalObject,
  optionalText,
  scopeClaim,
  textClaim,
} from './claims.ts'
import type { Claims } from './claims.ts'
import { verifyDpopProof } from './dpop-proof.ts'
import { identityLimits } from './identity-limits.ts'
import { checkStanding } from './instance-token.ts'
import type { InstanceTokenDemands, IssuedSubject, TokenMaking } from './instance-token.ts'
import { checkAudience, checkTimes, evidenceOf, openToken } from './open-token.ts'
import type { TokenEvidence } from './open-token.ts'
import { RefusedToken } from './refused-token.ts'
import type { SeenIds } from './seen-ids.ts'
import { parseInstanceId } from './spiffe-id.ts'

/** The authority that a delegated access token carries. */
export interface DelegatedGrant {
  /** The human, or another, on whose behalf the agents act. */
  readonly delegator: IssuedSubject
  /** The acting instance first, then those before it. At most five. */
  readonly actors: readonly ActHop[]
  /** The template of the acting instance. */
  readonly template: string
  /** The one resource server that the token is for. */
  readonly audience: string
  readonly scopes: readonly string[]
  /** RFC 9396. */
  readonly details: readonly Claims[]
  readonly task: string | undefined
  /** RFC 7638 thumbprint of the acting instance's key. */
  readonly thumbprint: string
}

/** The type of a delegated access token. */
export const delegatedTokenType = 'at+jwt'

/**
 * Mints a delegated access token (RFC 8693 and 9068): its subject is the delegator, its actor the instance, ES256, bound to the
 * instance's key, for one audience and at most 5 minutes. Throws {@link RefusedToken} `lifetime_too_long`, `invalid_scope`,
 * `act_too_deep`, `act_loop`.
 */
export async function mintDelegatedToken(
  grant: DelegatedGrant,
  { issuer, keyId, privateKey, id, nowS, lifetimeS }: TokenMaking,
): Promise<string> {
  if (!(lifetimeS >= 1 && lifetimeS <= identityLimits.delegatedTokenSMax))
    throw new RefusedToken(
      'lifetime_too_long',
      `a delegated token lives 1–${identityLimits.delegatedTokenSMax} s`,
    )
  if (grant.scopes.length === 0) throw new RefusedToken('invalid_scope', 'the grant has no scope')
  return new SignJWT({
    sub_profile: 'user',
    sub_iss: grant.delegator.issuer,
    client_id: grant.template,
    client_profile: 'service ai_agent',
    act: nestAct(grant.actors),
    scope: grant.scopes.join(' '),
    ...(grant.details.length === 0 ? {} : { authorization_details: grant.details }),
    ...(grant.task === undefined ? {} : { txn: grant.task }),
    cnf: { jkt: grant.thumbprint },
  })
    .setProtectedHeader({ alg: 'ES256', typ: delegatedTokenType, kid: keyId })
    .setIssuer(issuer)
    .setSubject(grant.delegator.id)
    .setAudience(grant.audience)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + lifetimeS)
    .setJti(id)
    .sign(privateKey)
}

/** The demands of a resource server on a delegated access token. */
export interface DelegatedTokenDemands extends InstanceTokenDemands {
  /** A scope that the request needs. */
  readonly scope?: string
  readonly request: { readonly method: string; readonly url: string; readonly nonce?: string }
  /** The `DPoP` header of the request. */
  readonly proof: string
  readonly seen: SeenIds
}

/** A grant whose token and proof were verified. */
export interface VerifiedGrant extends DelegatedGrant {
  readonly issuer: string
  readonly tokenId: string
  readonly issuedAtS: number
  readonly expiresAtS: number
  readonly evidence: TokenEvidence
}

/** Verifies a delegated access token with the proof that its sender has the instance's key. Throws {@link RefusedToken}. */
export async function verifyDelegatedToken(
  token: string,
  demands: DelegatedTokenDemands,
): Promise<VerifiedGrant> {
  const grant = await verifyGrant(token, demands)
  const { request, proof, seen, nowS, scope } = demands
  await verifyDpopProof(proof, {
    request: { ...request, token },
    thumbprint: grant.thumbprint,
    seen,
    nowS,
  })
  if (scope !== undefined && !grant.scopes.includes(scope))
    throw new RefusedToken('scope_widened', 'the token does not have the scope of the request')
  return grant
}

/** Verifies a delegated access token without the proof, for a caller that verifies the proof itself. Throws {@link RefusedToken}. */
export async function verifyGrant(
  token: string,
  { keys, audience, trustDomain, standingOf, nowS }: InstanceTokenDemands,
): Promise<VerifiedGrant> {
  const opened = await openToken(token, {
    types: [delegatedTokenType],
    algorithms: ['ES256'],
    key: ({ kid }, unproven) => {
      if (kid === undefined) throw new RefusedToken('malformed', 'the header names no key')
      return keys.keyOf(textClaim(unproven, 'iss'), kid)
    },
  })
  const { claims } = opened
  const times = checkTimes(claims, nowS, identityLimits.delegatedTokenSMax)
  checkAudience(claims, audience)
  if (listClaim(claims, 'aud').length !== 1)
    throw new RefusedToken('wrong_audience', 'a delegated token is for one audience')
  const grant = grantOf(claims, audience)
  const tokenId = textClaim(claims, 'jti')
  const names = grant.actors.map(({ subject }) => parseInstanceId(subject))
  const [acting, ...before] = names
  if (names.some((name) => name.trustDomain !== trustDomain))
    throw new RefusedToken('wrong_subject', 'an actor is of another trust domain')
  if (acting?.template !== grant.template)
    throw new RefusedToken('claims_disagree', 'actor and client name different templates')
  checkStanding(
    standingOf({
      instance: acting.instance,
      ancestors: before.map(({ instance }) => instance),
      template: acting.template,
      ancestorTemplates: before.map(({ template }) => template),
      delegator: grant.delegator.id,
      task: grant.task,
      credentials: [tokenId],
    }),
  )
  const issuer = textClaim(claims, 'iss')
  return { ...grant, ...times, issuer, tokenId, evidence: evidenceOf(opened, issuer, nowS) }
}

function grantOf(claims: Claims, audience: string): DelegatedGrant {
  const actors = readActChain(claims)
  if (actors.length === 0) throw new RefusedToken('missing_claim', '"act" is absent')
  const scopes = scopeClaim(claims)
  if (scopes === undefined || scopes.length === 0)
    throw new RefusedToken('invalid_scope', 'the token has no scope')
  const thumbprint = optionalText(optionalObject(claims, 'cnf') ?? {}, 'jkt')
  // A token that is bound to no key could be used by whoever has it.
  if (thumbprint === undefined) throw new RefusedToken('missing_claim', '"cnf.jkt" is absent')
  return {
    delegator: { issuer: textClaim(claims, 'sub_iss'), id: textClaim(claims, 'sub') },
    actors,
    template: textClaim(claims, 'client_id'),
    audience,
    scopes,
    details: detailsClaim(claims),
    task: optionalText(claims, 'txn'),
    thumbprint,
  }
}

/** Returns the details of RFC 9396; empty where the claim is absent. Throws `malformed_claim`. */
export function detailsClaim(claims: Claims): readonly Claims[] {
  const value = claimOf(claims, 'authorization_details') ?? []
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const details = list.filter(isClaims)
  const isWhole = details.every((each) => typeof claimOf(each, 'type') === 'string')
  if (details.length !== list.length || !isWhole || list.length > identityLimits.listMax)
    throw new RefusedToken(
      'malformed_claim',
      '"authorization_details" expected objects with a type',
    )
  return details
}
