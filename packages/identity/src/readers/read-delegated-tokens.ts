import { readActChain } from '../act-chain.ts'
import type { ActHop } from '../act-chain.ts'
import { claimOf, isClaims, optionalText, scopeClaim, textClaim } from '../claims.ts'
import type { Claims } from '../claims.ts'
import { identityLimits } from '../identity-limits.ts'
import { RefusedToken } from '../refused-token.ts'
import { parseInstanceId } from '../spiffe-id.ts'
import { commonReading } from './token-reading.ts'
import type { NamedParty, TokenReading } from './token-reading.ts'

/**
 * Reads a token of RFC 8693: the subject is the delegator, the outermost `act` the agent. A token of a subject without `act` shows
 * the subject only: whoever used it acted as that subject.
 */
export function readTokenExchange(claims: Claims): TokenReading {
  const hops = readActChain(claims)
  const common = commonReading(claims)
  const [acting] = hops
  const scopes = scopeClaim(claims) ?? null
  const subject: NamedParty = {
    issuer: optionalText(claims, 'sub_iss') ?? common.issuer,
    id: textClaim(claims, 'sub'),
    type: partyType(optionalText(claims, 'sub_profile')),
  }
  const task = optionalText(claims, 'txn') ?? null
  if (acting === undefined)
    return subject.type === 'agent'
      ? {
          ...common,
          ...agentOf(claims, subject.id),
          mode: 'autonomous',
          chain: [subject],
          scopes,
          task,
        }
      : { ...common, mode: 'impersonation', delegator: subject, chain: [subject], scopes, task }
  return {
    ...common,
    mode: 'delegated',
    template: acting.clientId ?? optionalText(claims, 'client_id') ?? null,
    agent: acting.subject,
    instance: instanceIn(acting.subject),
    delegator: subject,
    chain: [subject, ...hops.toReversed().map((hop) => partyOf(hop, common.issuer))],
    scopes,
    task,
  }
}

/**
 * Reads a token of the draft for agents on behalf of users: as RFC 8693, where the actor stands in `act`. The draft expired; what it
 * asked for (`requested_actor`) is no claim.
 */
export function readOnBehalfOf(claims: Claims): TokenReading {
  const reading = readTokenExchange(claims)
  if (reading.mode !== 'delegated') throw new RefusedToken('missing_claim', '"act" is absent')
  return reading
}

/** Reads a token of Auth0 with agents as principals: `act` and `sub_profile` as RFC 8693 and the actor profile have them. */
export function readAuth0(claims: Claims): TokenReading {
  const reading = readTokenExchange(claims)
  const client = optionalText(claims, 'azp') ?? optionalText(claims, 'client_id') ?? null
  // A token of client credentials has the client as its subject, marked by the suffix.
  const isClient = optionalText(claims, 'gty') === 'client-credentials'
  if (reading.mode === 'impersonation' && isClient) {
    const agent = textClaim(claims, 'sub')
    const self = { issuer: reading.issuer, id: agent, type: 'service' as const }
    return {
      ...reading,
      mode: 'autonomous',
      delegator: null,
      template: client,
      agent,
      chain: [self],
    }
  }
  return { ...reading, template: reading.template ?? client }
}

/**
 * Reads an OIDC-A token: the agent is the subject, the person a claim beside it. The delegation chain must be in time order, each step
 * by the one whom the step before named, with scopes that do not widen.
 */
export function readOidcA(claims: Claims): TokenReading {
  const common = commonReading(claims)
  const agent = textClaim(claims, 'sub')
  const instance = textClaim(claims, 'agent_instance_id')
  const delegatorId = optionalText(claims, 'delegator_sub')
  const steps = stepsOf(claims)
  const delegator: NamedParty | null =
    delegatorId === undefined
      ? null
      : { issuer: optionalText(claims, 'delegator_iss') ?? null, id: delegatorId, type: 'unknown' }
  const first = steps[0]
  if (first !== undefined && first.subject !== delegatorId)
    throw new RefusedToken('claims_disagree', 'the chain begins with somebody else')
  const between = steps
    .slice(1)
    .map(({ issuer, subject }): NamedParty => ({ issuer, id: subject, type: 'agent' }))
  return {
    ...common,
    mode: delegator === null ? 'autonomous' : 'actor',
    template: optionalText(claims, 'client_id') ?? null,
    agent,
    instance,
    delegator,
    chain: [
      ...(delegator === null ? [] : [delegator]),
      ...between,
      { issuer: common.issuer, id: agent, type: 'agent' },
    ],
    scopes: scopeClaim(claims) ?? steps.at(-1)?.scopes ?? null,
    task: optionalText(claims, 'agent_context_id') ?? null,
  }
}

interface ChainStep {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
  readonly atS: number
  readonly scopes: readonly string[]
}

function stepsOf(claims: Claims): readonly ChainStep[] {
  const list = claimOf(claims, 'delegation_chain') ?? []
  if (!Array.isArray(list) || !list.every(isClaims))
    throw new RefusedToken('malformed_claim', '"delegation_chain" expected objects')
  if (list.length > identityLimits.hopsMax)
    throw new RefusedToken('act_too_deep', `a chain has at most ${identityLimits.hopsMax} steps`)
  const steps = list.map((step: Claims): ChainStep => {
    const atS = claimOf(step, 'delegated_at')
    if (typeof atS !== 'number')
      throw new RefusedToken('malformed_claim', '"delegated_at" expected a time')
    return {
      issuer: textClaim(step, 'iss'),
      subject: textClaim(step, 'sub'),
      audience: textClaim(step, 'aud'),
      atS,
      scopes: scopeClaim(step) ?? [],
    }
  })
  steps.forEach((step, place) => checkStep(steps[place - 1], step))
  if (new Set(steps.map(({ subject }) => subject)).size !== steps.length)
    throw new RefusedToken('act_loop', 'somebody occurs twice in the chain')
  return steps
}

function checkStep(before: ChainStep | undefined, step: ChainStep): void {
  if (before === undefined) return
  if (step.atS < before.atS || before.audience !== step.subject)
    throw new RefusedToken('claims_disagree', 'the steps of the chain do not follow each other')
  if (!step.scopes.every((scope) => before.scopes.includes(scope)))
    throw new RefusedToken(
      'scope_widened',
      'a step of the chain has more scope than the one before',
    )
}

function agentOf(
  claims: Claims,
  subject: string,
): Pick<TokenReading, 'template' | 'agent' | 'instance'> {
  return {
    template: optionalText(claims, 'client_id') ?? null,
    agent: subject,
    instance: instanceIn(subject),
  }
}

function partyOf({ issuer, subject, profile }: ActHop, outer: string | null): NamedParty {
  return {
    issuer: issuer ?? outer,
    id: subject,
    type: profile === undefined ? 'agent' : partyType(profile),
  }
}

/** A profile is a list of words; an agent that is also a service is an agent. */
function partyType(profile: string | undefined): NamedParty['type'] {
  const words = (profile ?? '').split(' ')
  if (words.includes('ai_agent')) return 'agent'
  if (words.includes('user')) return 'human'
  return words.includes('service') ? 'service' : 'unknown'
}

/** The instance in Whodid's own form of SPIFFE ID; null in any other. */
function instanceIn(subject: string): string | null {
  try {
    return parseInstanceId(subject).instance
  } catch {
    // Another form of name, which names no run.
    return null
  }
}
