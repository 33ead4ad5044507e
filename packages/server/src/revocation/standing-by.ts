import type { AgentStanding, RevocableAgent } from '@whodid/identity'
import type { OpenedRevocations } from './revocation-service.ts'

/** The times at which agents were stopped. */
export type KnownStops = Pick<OpenedRevocations, 'stopsOf'>

/** Returns the state of an agent of a tenant, by the times at which it was stopped. */
export function standingBy(
  revocations: KnownStops,
): (agent: RevocableAgent, tenant: string) => AgentStanding {
  return (agent, tenant) => {
    const by = revocations.stopsOf(tenant, agent).find(({ until }) => until === undefined)?.by
    if (by === undefined) return { standing: 'active', by }
    return { standing: by.action === 'pause' ? 'paused' : 'revoked', by }
  }
}
