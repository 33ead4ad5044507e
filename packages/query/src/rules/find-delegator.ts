import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { joinDelegator } from './join-delegator.ts'
import type { Hop, Kin } from './join-path.ts'
import type { Claims } from './resolve-claims.ts'
import { userOfTheRequest } from './user-of-the-request.ts'

/** Where a delegator is looked for that the act's own trail does not say. */
interface Around {
  readonly path: readonly Hop[]
  readonly kin: Kin
  readonly trail: readonly EvidenceRecord[]
  /** Whether the rule `user_of_the_request` is used. */
  readonly inferRequestUser: boolean
}

/** Fills in the delegator of an agent that nobody on its own trail names, where a rule finds one and none is in dispute. */
export function findDelegator(claims: Claims, around: Around): Claims {
  const isOpen =
    claims.actor?.actor_type === 'agent' &&
    claims.delegator === undefined &&
    claims.conflictingDelegators.length === 0
  if (!isOpen) return claims
  const joined = { ...claims, delegator: joinDelegator(around.path, around.kin) }
  return around.inferRequestUser ? userOfTheRequest(joined, around.trail) : joined
}
