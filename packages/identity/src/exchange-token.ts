import { claimOf, isClaims, listClaim, optionalText, scopeClaim, textClaim } from './claims.ts'
import type { Claims } from './claims.ts'
import type { DelegatedGrant } from './delegated-token.ts'
import { detailsClaim, delegatedTokenType, verifyGrant } from './delegated-token.ts'
import { verifyDpopProof } from './dpop-proof.ts'
import { checkDetails, effectiveScope } from './effective-scope.ts'
import type { EffectiveScope, ScopeSides } from './effective-scope.ts'
import { identityLimits } from './identity-limits.ts'
import { verifyInstanceToken } from './instance-token.ts'
import type { InstanceTokenDemands, IssuedSubject, VerifiedInstance } from './instance-token.ts'
import { checkAudience, checkTimes, openToken } from './open-token.ts'
import { RefusedToken } from './refused-token.ts'
import type { SeenIds } from './seen-ids.ts'

/** A request for a delegated access token (RFC 8693). */
export interface ExchangeRequest {
  /** The person's access token, or the delegated token of the instance that started this one. */
  readonly subjectToken: string
  /** The agent instance token. */
  readonly actorToken: string
  /** The `DPoP` header, by the instance's key. */
  readonly proof: string
  readonly method: string
  readonly url: string
  /** The resource server that the token is for. */
  readonly audience: string
  readonly scopes?: readonly string[] | undefined
  readonly details?: readonly Claims[] | undefined
}

/** The authority of a template at this time, from the registry. */
export interface TemplateCeiling {
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  readonly details?: readonly Claims[] | undefined
}

/** The sources that an exchange is decided from. */
export interface ExchangeDeps extends InstanceTokenDemands {
  /** This issuer: tokens of its own are delegated ones. */
  readonly issuer: string
  /** Issuers of persons' tokens. */
  readonly subjectIssuers: readonly string[]
  /** Returns undefined for a template that is not registered, or has expired. */
  readonly ceilingOf: (template: string) => TemplateCeiling | undefined
  /** The scopes of a task; undefined where the task is not known. */
  readonly taskScopesOf: (
    task: string | undefined,
    template: string,
  ) => readonly string[] | undefined
  readonly seen: SeenIds
}

/** A decided exchange, with all that it was decided from. */
export interface DecidedExchange {
  readonly grant: DelegatedGrant
  readonly instance: VerifiedInstance
  readonly scope: EffectiveScope
  /** The sides that the scope was computed from. */
  readonly sides: ScopeSides
  /** The token ID of the subject token, where it has one. */
  readonly subjectTokenId: string | undefined
}

interface ExchangeSubject {
  readonly delegator: IssuedSubject
  readonly scopes: readonly string[] | undefined
  /** The grant of the parent instance; null where the subject token is a person's own. */
  readonly parent: DelegatedGrant | null
  readonly details: readonly Claims[]
  readonly tokenId: string | undefined
  readonly mayAct: Claims | undefined
}

/**
 * Decides if an instance gets a delegated token, and with which authority. Both tokens and the proof are verified; the instance must
 * act for the person whose token it shows; the scope is what human, template, task and parent have in common.
 *
 * Throws {@link RefusedToken}. It signs nothing: see `mintDelegatedToken`.
 */
export async function decideExchange(
  request: ExchangeRequest,
  deps: ExchangeDeps,
): Promise<DecidedExchange> {
  const instance = await verifyInstanceToken(request.actorToken, deps)
  const { seen, nowS } = deps
  await verifyDpopProof(request.proof, {
    request: { method: request.method, url: request.url },
    thumbprint: instance.thumbprint,
    seen,
    nowS,
  })
  const subject = await readSubject(request.subjectToken, deps)
  checkDelegation(instance, subject)
  const ceiling = deps.ceilingOf(instance.template)
  if (ceiling === undefined)
    throw new RefusedToken('actor_not_allowed', 'the template is not registered')
  if (!ceiling.audiences.includes(request.audience))
    throw new RefusedToken('wrong_audience', 'the template may not act there')
  const sides = {
    human: subject.scopes,
    ceiling: ceiling.scopes,
    task: deps.taskScopesOf(instance.task, instance.template),
    parent: subject.parent === null ? null : subject.parent.scopes,
  }
  const scope = effectiveScope(sides, request.scopes)
  const details = request.details ?? subject.details
  // Details of the person, the template or the parent restrict; without any there is nothing to stay within.
  if (subject.details.length > 0) checkDetails(details, subject.details)
  if (ceiling.details !== undefined) checkDetails(details, ceiling.details)
  const actors = [
    {
      issuer: deps.issuer,
      subject: instance.identity,
      clientId: instance.template,
      profile: 'ai_agent',
    },
    ...(subject.parent?.actors ?? []),
  ]
  const grant: DelegatedGrant = {
    delegator: subject.delegator,
    actors,
    template: instance.template,
    audience: request.audience,
    scopes: scope.granted,
    details,
    task: instance.task,
    thumbprint: instance.thumbprint,
  }
  return { grant, instance, scope, sides, subjectTokenId: subject.tokenId }
}

async function readSubject(token: string, deps: ExchangeDeps): Promise<ExchangeSubject> {
  const { issuer, subjectIssuers, keys, nowS, audience } = deps
  const opened = await openToken(token, {
    types: [delegatedTokenType, 'jwt'],
    algorithms: ['ES256', 'ES384', 'RS256', 'PS256'],
    headers: ['x5t', 'x5t#S256'],
    key: ({ kid }, unproven) => {
      if (kid === undefined) throw new RefusedToken('malformed', 'the header names no key')
      return keys.keyOf(textClaim(unproven, 'iss'), kid)
    },
  })
  const { claims } = opened
  const from = textClaim(claims, 'iss')
  if (from === issuer) {
    const [own = ''] = listClaim(claims, 'aud')
    const parent = await verifyGrant(token, { ...deps, audience: own })
    const { delegator, scopes, details, tokenId } = parent
    return { delegator, scopes, details, tokenId, parent, mayAct: undefined }
  }
  if (!subjectIssuers.includes(from))
    throw new RefusedToken('unknown_issuer', 'the issuer vouches for no person here')
  checkTimes(claims, nowS, identityLimits.subjectTokenSMax)
  checkAudience(claims, audience)
  if (claimOf(claims, 'act') !== undefined)
    throw new RefusedToken('actor_not_allowed', 'the subject token has an actor already')
  const mayAct = claimOf(claims, 'may_act')
  return {
    delegator: { issuer: from, id: textClaim(claims, 'sub') },
    scopes: scopeClaim(claims) ?? scopeClaim(claims, 'scp'),
    parent: null,
    details: detailsClaim(claims),
    tokenId: optionalText(claims, 'jti'),
    mayAct: isClaims(mayAct) ? mayAct : mayAct === undefined ? undefined : {},
  }
}

/** Refuses an instance that shows the token of a person for whom it does not act, or of a parent that did not start it. */
function checkDelegation(instance: VerifiedInstance, subject: ExchangeSubject): void {
  const { delegator, mayAct, parent } = subject
  if (instance.delegator?.id !== delegator.id || instance.delegator.issuer !== delegator.issuer)
    throw new RefusedToken('delegator_mismatch', 'the instance acts for somebody else')
  const starter = parent?.actors[0]?.subject.split('/').at(-1)
  if (starter !== undefined && instance.ancestors?.at(-1) !== starter)
    throw new RefusedToken('delegator_mismatch', 'the instance was not started by this actor')
  if (mayAct !== undefined) checkMayAct(mayAct, instance)
}

function checkMayAct(mayAct: Claims, instance: VerifiedInstance): void {
  const client = optionalText(mayAct, 'client_id')
  const actor = optionalText(mayAct, 'sub')
  if (client === undefined && actor === undefined)
    throw new RefusedToken('actor_not_allowed', '"may_act" names nobody')
  if (
    (client ?? instance.template) !== instance.template ||
    (actor ?? instance.identity) !== instance.identity
  )
    throw new RefusedToken('actor_not_allowed', '"may_act" names another actor')
}
