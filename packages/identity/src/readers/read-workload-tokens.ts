import { listClaim, optionalText, textClaim } from '../claims.ts'
import type { Claims } from '../claims.ts'
import { RefusedToken } from '../refused-token.ts'
import { parseSpiffeId } from '../spiffe-id.ts'
import { commonReading } from './token-reading.ts'
import type { TokenReading } from './token-reading.ts'

/** Reads a SPIFFE JWT-SVID: a workload, for nobody. Its subject is an instance only in Whodid's own form of path. */
export function readJwtSvid(claims: Claims): TokenReading {
  const id = textClaim(claims, 'sub')
  if (listClaim(claims, 'aud').length === 0)
    throw new RefusedToken('missing_claim', '"aud" is absent')
  return { ...commonReading(claims), ...workloadOf(id), mode: 'actor' }
}

/** Reads a WIMSE workload identity token or a WIT-SVID, with the delegator's claims of OIDC-A where they stand beside. */
export function readWorkloadToken(claims: Claims): TokenReading {
  const id = textClaim(claims, 'sub')
  const common = commonReading(claims)
  if (common.boundTo === null) throw new RefusedToken('missing_claim', '"cnf" is absent')
  const workload = id.startsWith('spiffe://')
    ? workloadOf(id)
    : { template: null, agent: id, instance: null }
  const delegatorId = optionalText(claims, 'delegator_sub')
  const delegator =
    delegatorId === undefined
      ? null
      : {
          issuer: optionalText(claims, 'delegator_iss') ?? null,
          id: delegatorId,
          type: 'unknown' as const,
        }
  return {
    ...common,
    ...workload,
    template: optionalText(claims, 'client_id') ?? workload.template,
    mode: 'actor',
    delegator,
    chain: [
      ...(delegator === null ? [] : [delegator]),
      { issuer: common.issuer, id: workload.agent, type: 'agent' },
    ],
    task: optionalText(claims, 'agent_context_id') ?? null,
  }
}

/**
 * Reads an access token of Google's agent identity: bound to the certificate of a deployed agent's SPIFFE ID. The agent is no run of
 * it, and the token names no person.
 */
export function readGoogleAgentIdentity(claims: Claims): TokenReading {
  const id = textClaim(claims, 'sub')
  const common = commonReading(claims)
  const { agent } = workloadOf(id)
  return {
    ...common,
    mode: 'autonomous',
    template: agent,
    agent,
    instance: null,
    chain: [{ issuer: common.issuer, id: agent, type: 'agent' }],
  }
}

interface Workload {
  readonly template: string | null
  readonly agent: string
  readonly instance: string | null
}

function workloadOf(id: string): Workload {
  const { path } = parseSpiffeId(id)
  const [kind, template, mark, instance, ...more] = path
  const isInstance = kind === 'agent' && mark === 'i' && instance !== undefined && more.length === 0
  return isInstance
    ? { template: template ?? null, agent: id, instance }
    : { template: null, agent: id, instance: null }
}
