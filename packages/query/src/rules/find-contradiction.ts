import type { Contradiction, Doubt } from '../decision.ts'
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
  /** Which instance of the template it was is open, and the template is not. */
  readonly doubt: Doubt | ''
  /** The records that contradict each other, or whose exporter may not speak; empty without a contradiction or a doubt. */
  readonly contradicting: readonly EvidenceRecord[]
  /** Who else claims the instance; of `instance_of_another_template`. */
  readonly rival: InstanceClaim | undefined
  /** The act that may as well be the newest; of `simultaneous_actions`. */
  readonly simultaneous: ListedAction | undefined
}

const none: Contradicted = {
  contradiction: '',
  doubt: '',
  contradicting: [],
  rival: undefined,
  simultaneous: undefined,
}

/**
 * What keeps the claims from being believed; the first of the rules that finds something. Where all that contradict each
 * other name one template, only the instance is in doubt: names of instances that somebody invents do not unmake an act.
 */
export function findContradiction(
  evidence: Evidence,
  claims: Claims,
  testimony: (key: string) => Testimony | undefined,
): Contradicted {
  const subject = testimony(evidence.subject)?.record
  const speakers = [claims.actor, claims.instance, claims.template, claims.delegator]
  const conflicting = conflictOf([subject, ...speakers], testimony) ?? claims.conflicting
  const { actor } = claims
  const isDoubt = conflicting.length > 0 && isOneTemplate(conflicting, claims)
  if (conflicting.length > 0 && !isDoubt)
    return { ...none, contradiction: 'conflicting_identity', contradicting: conflicting }
  if (actor?.actor_type === 'human' && actor.instance !== '')
    return { ...none, contradiction: 'conflicting_identity', contradicting: [actor] }
  const unentitled = speakers.find((record) => record?.channel === 'unentitled')
  if (unentitled !== undefined)
    return { ...none, contradiction: 'exporter_not_entitled', contradicting: [unentitled] }
  if (isDoubt && differ(conflicting, 'instance'))
    return { ...none, doubt: 'conflicting_identity', contradicting: conflicting }
  return claimedTwice(evidence, claims) ?? tie(evidence, claims, subject)
}

/** The versions of the first of the records that disagree. */
function conflictOf(
  records: readonly (EvidenceRecord | undefined)[],
  testimony: (key: string) => Testimony | undefined,
): readonly EvidenceRecord[] | undefined {
  return records
    .map((record) => testimony(record?.key ?? '')?.conflicting ?? [])
    .find((versions) => versions.length > 0)
}

function claimedTwice(
  { instanceClaims }: Evidence,
  { instance }: Claims,
): Contradicted | undefined {
  const rival = instance && secondClaimant(instance, instanceClaims)
  if (instance === undefined || rival === undefined) return undefined
  return { ...none, doubt: 'instance_of_another_template', contradicting: [instance], rival }
}

function tie(
  evidence: Evidence,
  claims: Claims,
  subject: EvidenceRecord | undefined,
): Contradicted {
  if (subject === undefined) return none
  const template = claims.actor?.actor_type === 'agent' ? (claims.template?.template ?? '') : ''
  const { other, sibling } = simultaneousAction({
    subject,
    actorId: actorIdOf(claims),
    template,
    listed: evidence.listed,
  })
  if (other !== undefined)
    return {
      ...none,
      contradiction: 'simultaneous_actions',
      contradicting: [subject],
      simultaneous: other,
    }
  return sibling === undefined
    ? none
    : { ...none, doubt: 'simultaneous_actions', contradicting: [subject], simultaneous: sibling }
}

/** Whether all that contradict each other are of the one template that is named. */
function isOneTemplate(conflicting: readonly EvidenceRecord[], { template }: Claims): boolean {
  return (
    template !== undefined &&
    conflicting.every(
      (record) => record.actor_type === 'agent' && record.template === template.template,
    )
  )
}

/** Whether records that name something in its own attribute name two. */
export function differ(
  records: readonly EvidenceRecord[],
  claim: 'instance' | 'delegator',
): boolean {
  return new Set(records.map((record) => record[claim]).filter((id) => id !== '')).size > 1
}
