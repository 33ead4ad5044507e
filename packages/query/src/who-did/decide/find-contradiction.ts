import type { Verdict } from '@whodid/model'
import type { EvidenceRecord, InstanceClaim, ListedAction } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { MergedRecord } from './merge-versions.ts'
import { claimStrength } from './resolve-claims.ts'
import type { Claims } from './resolve-claims.ts'
import { isAttested } from './sealed-grade.ts'

/** The reason why claims on record cannot be accepted. */
type Contradiction = 'conflicting_identity' | 'exporter_not_entitled' | 'simultaneous_actions'

/** The reason why the instance is open although the template is known. */
type Doubt = 'conflicting_identity' | 'instance_of_another_template' | 'simultaneous_actions'

/** Two claims on record that cannot both be true, or one that its exporter may not make. */
export interface Contradicted {
  readonly contradiction: Contradiction | ''
  /** The reason why the instance is open; the template is known. */
  readonly doubt: Doubt | ''
  /** The records that contradict each other, or whose exporter is not entitled; empty when there are none. */
  readonly contradicting: readonly EvidenceRecord[]
  /** The other claim on the instance; set for `instance_of_another_template`. */
  readonly rival: InstanceClaim | undefined
  /** The act that may equally be the newest; set for `simultaneous_actions`. */
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
 * Returns the first contradiction or doubt that the rules find in the claims. When all contradicting records name one
 * template, only the instance is in doubt: invented names of instances do not invalidate an act.
 */
export function findContradiction(
  evidence: Evidence,
  claims: Claims,
  mergedRecord: (key: string) => MergedRecord | undefined,
): Contradicted {
  const subject = mergedRecord(evidence.subject)?.record
  const claimSources = [claims.actor, claims.instance, claims.template, claims.delegator]
  const conflicting = conflictOf([subject, ...claimSources], mergedRecord) ?? claims.conflicting
  const { actor } = claims
  const isDoubt = conflicting.length > 0 && isOneTemplate(conflicting, claims)
  if (conflicting.length > 0 && !isDoubt)
    return { ...none, contradiction: 'conflicting_identity', contradicting: conflicting }
  if (actor?.actor_type === 'human' && actor.instance !== '')
    return { ...none, contradiction: 'conflicting_identity', contradicting: [actor] }
  const unentitled = claimSources.find((record) => record?.channel === 'unentitled')
  if (unentitled !== undefined)
    return { ...none, contradiction: 'exporter_not_entitled', contradicting: [unentitled] }
  if (isDoubt && differ(conflicting, 'instance'))
    return { ...none, doubt: 'conflicting_identity', contradicting: conflicting }
  return claimedTwice(evidence, claims) ?? tie(evidence, claims, subject)
}

/** Returns the versions of the first record whose versions disagree. */
function conflictOf(
  records: readonly (EvidenceRecord | undefined)[],
  mergedRecord: (key: string) => MergedRecord | undefined,
): readonly EvidenceRecord[] | undefined {
  return records
    .map((record) => mergedRecord(record?.key ?? '')?.conflicting ?? [])
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

/** True when all contradicting records are of the one template that is named. */
function isOneTemplate(conflicting: readonly EvidenceRecord[], { template }: Claims): boolean {
  return (
    template !== undefined &&
    conflicting.every(
      (record) => record.actor_type === 'agent' && record.template === template.template,
    )
  )
}

/** True when the records name more than one value of the claim. */
export function differ(
  records: readonly EvidenceRecord[],
  claim: 'instance' | 'delegator',
): boolean {
  return new Set(records.map((record) => record[claim]).filter((id) => id !== '')).size > 1
}

/** Returns the instance (else the template), the person or the service that the claims name; '' for nobody. */
export function actorIdOf({ actor, instance, template }: Claims): string {
  if (actor === undefined) return ''
  switch (actor.actor_type) {
    case 'agent':
      return instance?.instance ?? template?.template ?? ''
    case 'human':
      return actor.user
    case 'service':
      return actor.service
    default:
      return ''
  }
}

/** Returns the verdict on the claims; `undetermined` when they contradict each other or name nobody. */
export function verdictOf(claims: Claims, contradiction: Contradiction | ''): Verdict {
  const { actor } = claims
  if (contradiction !== '' || actor === undefined) return 'undetermined'
  switch (actor.actor_type) {
    case 'agent':
      return claims.instance !== undefined || claims.template !== undefined
        ? 'agent'
        : 'undetermined'
    case 'human':
      return actor.user === '' ? 'undetermined' : 'human'
    case 'service':
      return actor.service === '' ? 'undetermined' : 'service'
    default:
      return 'undetermined'
  }
}

/** The time for which a claim on an instance must have stood alone for a later claim not to count. */
const aloneMs = 24 * 3_600_000

/**
 * Rule `instance_of_another_template`: returns another exporter's claim on the instance, as another template.
 *
 * An instance belongs to one template and is never reused, and a token that may speak for one template can write any
 * instance's name on its records. Records may be held back for hours before they are sent, so the first claim received
 * proves ownership only when it stood alone for a day: a newcomer then cannot invalidate its record. Otherwise the
 * instance is left open, but for a record that the instance's own key has signed: its token names the template too. The template is that of the record, because its exporter may speak for it. The answer names
 * both, and `as_recorded` shows what was known before the second came.
 */
export function secondClaimant(
  record: EvidenceRecord,
  claims: readonly InstanceClaim[],
): InstanceClaim | undefined {
  if (record.template === '' || claimStrength(record, 'instance') !== 'said') return undefined
  if (isAttested(record) && isAttested(record, 'template')) return undefined
  const onInstance = claims.filter(
    (claim) => claim.instance_key === record.instance_key && claim.template !== '',
  )
  const own = onInstance.find((claim) => !isRival(claim, record))
  return onInstance.find((claim) => isRival(claim, record) && !cameLate(claim, own))
}

function isRival(claim: InstanceClaim, record: EvidenceRecord): boolean {
  return claim.template !== record.template && claim.exporter !== record.exporter
}

function cameLate(rival: InstanceClaim, own: InstanceClaim | undefined): boolean {
  return own !== undefined && receivedMs(rival) - receivedMs(own) > aloneMs
}

function receivedMs(claim: InstanceClaim): number {
  return Date.parse(`${claim.received_at.replace(' ', 'T')}Z`)
}

/** Acts that may equally be the newest one. */
interface Simultaneous {
  /** One by another agent, a person or a service. */
  readonly other: ListedAction | undefined
  /** One by another instance of the same template. */
  readonly sibling: ListedAction | undefined
}

/**
 * Rule `simultaneous_actions`: finds another act on the handle that may equally be the newest: at the same instant and
 * by another actor. The record does not show which of the two came last, and choosing one would be a guess. When both
 * are of one template, it is still known that an agent of that template acted last.
 *
 * An act that does not name its actor does not count, nor does one that is worse backed than the subject.
 */
function simultaneousAction({
  subject,
  actorId,
  template,
  listed,
}: {
  readonly subject: EvidenceRecord
  readonly actorId: string
  readonly template: string
  readonly listed: readonly ListedAction[]
}): Simultaneous {
  const tied = listed.filter((action) => {
    if (actorId === '' || !action.qualifies) return false
    if (action.ts !== subject.ts || action.key === subject.key) return false
    const isBacked =
      action.channel === 'entitled' ||
      (action.channel === 'unbound' && subject.channel !== 'entitled')
    const actor = actorOf(action)
    return isBacked && actor !== '' && actor !== actorId
  })
  const isSibling = (action: ListedAction): boolean =>
    action.actor_type === 'agent' && template !== '' && action.template === template
  return {
    other: tied.find((action) => !isSibling(action)),
    sibling: tied.find(isSibling),
  }
}

function actorOf(action: ListedAction): string {
  if (action.actor_type === 'agent')
    return action.instance === '' ? action.template : action.instance
  if (action.actor_type === 'human') return action.user
  return action.actor_type === 'service' ? action.service : ''
}
