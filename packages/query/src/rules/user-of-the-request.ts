import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Claims } from './resolve-claims.ts'

/** OTLP's kind of a span that took a request. */
const serverKind = '2'

/**
 * Rule `user_of_the_request`: an agent that nobody else says for whom it acts is taken to act for the person whose request it
 * serves, whom the server's span above its outermost run names (`enduser.id`, `user.id`). Only a server of the run's own
 * exporter is heard. An agent that says that it acts for nobody is believed.
 */
export function userOfTheRequest(claims: Claims, trail: readonly EvidenceRecord[]): Claims {
  const isOpen =
    claims.actor?.actor_type === 'agent' &&
    claims.delegator === undefined &&
    claims.conflictingDelegators.length === 0
  const outermost = trail.findLastIndex((record) => record.actor_type === 'agent')
  const run = trail[outermost]
  if (!isOpen || run === undefined) return claims
  const server = trail
    .slice(outermost + 1)
    .find(
      (record) =>
        record.actor_type === '' &&
        record.span_kind === serverKind &&
        record.user !== '' &&
        record.exporter === run.exporter,
    )
  if (server === undefined) return claims
  const delegator = {
    ...server,
    delegator: server.user,
    delegator_type: 'human',
    delegator_rule: 'user_of_the_request',
  }
  return { ...claims, delegator }
}
