import type { Contradiction } from '../decision.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { EvidenceRecord, InstanceClaim, ListedAction } from '../evidence/evidence-record.ts'
import { actorIdOf } from './actor-id.ts'
import type { Testimony } from './merge-versions.ts'
import type { Claims } from './resolve-claims.ts'
import { secondClaimant } from './second-claimant.ts'
import { simultaneousAction } from './simultaneous-action.ts'

/** Two things on record that cannot both be true, or one that its sender may not say. */
export interface Contradicted {
  readonly contradiction: Contradiction | ''
  /** The records that contradict each other, or whose exporter may not speak; empty without a contradiction. */
  readonly contradicting: readonly EvidenceRecord[]
  /** Who else claims the instance; of `instance_of_another_template`. */
  readonly rival: InstanceClaim | undefined
  /** The act that may as well be the newest; of `simultaneous_actions`. */
  readonly simultaneous: ListedAction | undefined
}

const none: Contradicted = {
  contradiction: '',
  contradicting: [],
  rival: undefined,
  simultaneous: undefined,
}

/** What keeps the claims from being believed; the first of the rules that finds something. */
export function findContradiction(
  evidence: Evidence,
  claims: Claims,
  testimony: (key: string) => Testimony | undefined,
): Contradicted {
  const subject = testimony(evidence.subject)?.record
  const speakers = [claims.actor, claims.instance, claims.template, claims.delegator]
  const conflicting =
    [subject, ...speakers]
      .map((record) => testimony(record?.key ?? '')?.conflicting ?? [])
      .find((versions) => versions.length > 0) ?? claims.conflicting
  if (conflicting.length > 0)
    return { ...none, contradiction: 'conflicting_identity', contradicting: conflicting }
  const { actor, instance } = claims
  if (actor?.actor_type === 'human' && actor.instance !== '')
    return { ...none, contradiction: 'conflicting_identity', contradicting: [actor] }
  const unentitled = speakers.find((record) => record?.channel === 'unentitled')
  if (unentitled !== undefined)
    return { ...none, contradiction: 'exporter_not_entitled', contradicting: [unentitled] }
  const rival = instance && secondClaimant(instance, evidence.instanceClaims)
  if (instance !== undefined && rival !== undefined)
    return {
      ...none,
      contradiction: 'instance_of_another_template',
      contradicting: [instance],
      rival,
    }
  const simultaneous = simultaneousAction(subject, actorIdOf(claims), evidence.listed)
  if (subject === undefined || simultaneous === undefined) return none
  return {
    ...none,
    contradiction: 'simultaneous_actions',
    contradicting: [subject],
    simultaneous,
  }
}
