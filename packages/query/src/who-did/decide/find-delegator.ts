import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Hop, RecordLookup } from './join-path.ts'
import { claimStrength } from './resolve-claims.ts'
import type { Claims } from './resolve-claims.ts'

/** The records that are searched for a delegator when the act's own ancestors name none. */
interface Around {
  readonly path: readonly Hop[]
  readonly lookup: RecordLookup
  readonly ancestors: readonly EvidenceRecord[]
  /** True when the rule `user_of_the_request` is used. */
  readonly inferRequestUser: boolean
}

/** Fills in an agent's delegator by rule when its own ancestors name none and none is in dispute. */
export function findDelegator(claims: Claims, around: Around): Claims {
  const isOpen =
    claims.actor?.actor_type === 'agent' &&
    claims.delegator === undefined &&
    claims.conflictingDelegators.length === 0
  if (!isOpen) return claims
  const joined = { ...claims, delegator: joinDelegator(around.path, around.lookup) }
  return around.inferRequestUser ? userOfTheRequest(joined, around.ancestors) : joined
}

/**
 * Returns the record that names the delegator when the agent's trace does not: the nearest on the path outwards (rule
 * `joined_by_delegation`), else one of the same correlation ID from the actor's exporters, when all of these agree
 * (rule `joined_by_correlation`). Undefined when two disagree.
 */
function joinDelegator(path: readonly Hop[], lookup: RecordLookup): EvidenceRecord | undefined {
  const onPath = path.find(({ record }) => claimsDelegator(record))
  if (onPath !== undefined) return onPath.record
  const correlation = path.find(({ record }) => record.correlation !== '')?.record.correlation
  if (correlation === undefined) return undefined
  const correlated = [...lookup.keys()].flatMap((key) => {
    const record = lookup.mergedRecord(key)?.record
    return record !== undefined &&
      record.correlation === correlation &&
      lookup.isOwn(record) &&
      claimsDelegator(record)
      ? [record]
      : []
  })
  const delegators = new Set(correlated.map((record) => record.delegator))
  return delegators.size === 1 ? correlated[0] : undefined
}

function claimsDelegator(record: EvidenceRecord): boolean {
  return (
    record.actor_type === 'agent' &&
    record.channel !== 'unentitled' &&
    claimStrength(record, 'delegator') === 'said'
  )
}

/** The OTLP kind of a span that received a request. */
const serverKind = '2'

/**
 * Rule `user_of_the_request`: an agent without another delegator is taken to act for the person whose request it
 * serves. The server's span above its outermost run names that person (`enduser.id`, `user.id`). Only a server of the
 * run's own exporter is admitted. An agent that claims to act for nobody is believed.
 */
function userOfTheRequest(claims: Claims, ancestors: readonly EvidenceRecord[]): Claims {
  const isOpen =
    claims.actor?.actor_type === 'agent' &&
    claims.delegator === undefined &&
    claims.conflictingDelegators.length === 0
  const outermost = ancestors.findLastIndex((record) => record.actor_type === 'agent')
  const run = ancestors[outermost]
  if (!isOpen || run === undefined) return claims
  const server = ancestors
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
