import { readActChain } from '../act-chain.ts'
import { claimOf, optionalObject, optionalText, scopeClaim, textClaim } from '../claims.ts'
import type { Claims } from '../claims.ts'
import { RefusedToken } from '../refused-token.ts'
import { commonReading } from './token-reading.ts'
import type { NamedParty, TokenReading } from './token-reading.ts'

/** Facets of Entra: 11 is an agent identity, 13 the user account of an agent, which is no person. */
const agentFacet = 11
const agentUserFacet = 13

/**
 * Reads a token of Entra Agent ID or of Foundry. The blueprint is the template; the agent identity is a service principal and no run.
 * The account of an agent is a user to Entra and still not a person: nobody is named as delegator then.
 */
export function readEntraAgentId(claims: Claims): TokenReading {
  const common = commonReading(claims)
  const blueprint = optionalText(claims, 'xms_par_app_azp') ?? null
  const agent = optionalText(claims, 'azp') ?? optionalText(claims, 'appid') ?? null
  const scopes = scopeClaim(claims, 'scp') ?? scopeClaim(claims, 'roles') ?? null
  const read = {
    ...common,
    credentialId: optionalText(claims, 'uti') ?? common.credentialId,
    template: blueprint,
    scopes,
  }
  const isAgent = blueprint !== null || hasAgentFacet(claims)
  const type = isAgent ? 'agent' : 'service'
  const hops: NamedParty[] = agent === null ? [] : [{ issuer: common.issuer, id: agent, type }]
  const isUser = optionalText(claims, 'idtyp') === 'user' || claimOf(claims, 'scp') !== undefined
  if (!isUser || facets(claims, 'xms_sub_fct').includes(agentUserFacet))
    return { ...read, mode: 'autonomous', agent, chain: hops }
  const person: NamedParty = { issuer: common.issuer, id: textClaim(claims, 'oid'), type: 'human' }
  if (!isAgent) return { ...read, mode: 'impersonation', delegator: person, chain: [person] }
  return { ...read, mode: 'delegated', agent, delegator: person, chain: [person, ...hops] }
}

/** Reads an identity assertion for cross-application access (ID-JAG) of Okta: the person is the subject, the client the agent's template. */
export function readIdJag(claims: Claims): TokenReading {
  const common = commonReading(claims)
  const client = textClaim(claims, 'client_id')
  const person: NamedParty = { issuer: common.issuer, id: textClaim(claims, 'sub'), type: 'human' }
  const hops = readActChain(claims)
  const agents = hops.toReversed().map(({ issuer, subject }): NamedParty => ({
    issuer: issuer ?? common.issuer,
    id: subject,
    type: 'agent',
  }))
  const acting = hops[0]?.subject ?? client
  return {
    ...common,
    mode: 'delegated',
    template: client,
    agent: acting,
    delegator: person,
    chain: [person, ...(agents.length > 0 ? agents : [clientParty(common.issuer, client)])],
    scopes: scopeClaim(claims) ?? null,
  }
}

/**
 * Reads a transaction token: the subject began the transaction, the requesting workload is who acts. With the claims of the draft for
 * agents, `act` names the agent.
 */
export function readTransactionToken(claims: Claims): TokenReading {
  const common = commonReading(claims)
  const workload = textClaim(claims, 'req_wl')
  const subject: NamedParty = {
    issuer: common.issuer,
    id: textClaim(claims, 'sub'),
    type: 'unknown',
  }
  const hops = readActChain(claims)
  const agents = hops.toReversed().map(({ issuer, subject: id }): NamedParty => ({
    issuer: issuer ?? common.issuer,
    id,
    type: 'agent',
  }))
  const isSelf = hops.length === 0 && workload === subject.id
  return {
    ...common,
    mode: isSelf ? 'autonomous' : 'delegated',
    template: optionalText(optionalObject(claims, 'rctx') ?? {}, 'client_id') ?? null,
    agent: hops[0]?.subject ?? workload,
    delegator: isSelf ? null : subject,
    chain: isSelf
      ? [{ ...subject, type: 'service' }]
      : [subject, ...(agents.length > 0 ? agents : [clientParty(common.issuer, workload)])],
    scopes: scopeClaim(claims) ?? null,
    task: textClaim(claims, 'txn'),
  }
}

/** The facts that a caller knows of an opaque token of AgentCore Identity, from the call that gave it. */
export interface AgentCoreFacts {
  /** The workload identity that asked. */
  readonly workloadName: string
  /** The person, as `GetWorkloadAccessTokenForJWT` or `…ForUserId` was told. */
  readonly user?: { readonly issuer?: string; readonly id: string }
}

/**
 * Reads a workload access token of AgentCore. The token is opaque, so that nothing in it can be verified: the facts are the caller's,
 * and no grade above the channel's is due to them.
 */
export function readAgentCore({ workloadName, user }: AgentCoreFacts): TokenReading {
  if (workloadName === '') throw new RefusedToken('missing_claim', 'the workload has no name')
  const acting: NamedParty = { issuer: null, id: workloadName, type: 'agent' }
  const person: NamedParty | null =
    user === undefined ? null : { issuer: user.issuer ?? null, id: user.id, type: 'human' }
  return {
    ...commonReading({}),
    mode: 'opaque',
    template: workloadName,
    agent: workloadName,
    delegator: person,
    chain: [...(person === null ? [] : [person]), acting],
  }
}

function clientParty(issuer: string | null, id: string): NamedParty {
  return { issuer, id, type: 'agent' }
}

function hasAgentFacet(claims: Claims): boolean {
  return ['xms_act_fct', 'xms_sub_fct'].some((name) => facets(claims, name).includes(agentFacet))
}

function facets(claims: Claims, name: string): readonly number[] {
  return (optionalText(claims, name) ?? '')
    .split(' ')
    .filter((word) => /^\d{1,6}$/u.test(word))
    .map(Number)
}
