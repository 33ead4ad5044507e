import { nameOrNone, nameOrNull } from '../../text.ts'
import type { NotAdmitted } from '../decide/cross-exporters.ts'
import type { Decision } from '../decide/decide.ts'
import { readActs } from '../decide/fold-act.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Question } from '../question.ts'
import { sealContradiction } from './seal-reasons.ts'

/** A reason before it is tied to a record. */
export interface BareReason {
  readonly code: string
  readonly text: string
}

/** Returns the reason that decided the verdict, or that kept it undecided. */
export function decidingReason(question: Question, decision: Decision): BareReason {
  if (decision.contradiction !== '') return contradictionReason(decision)
  const actor = nameOrNull(decision.actorId) ?? ''
  const isOwn = decision.claimSources.actor?.key === decision.ancestors.records[0]?.key
  const record = isOwn ? 'The record' : 'A record that the act stands under'
  switch (decision.verdict) {
    case 'agent':
      return agentReason(decision, actor)
    case 'human':
      return {
        code: 'human_on_record',
        text: isOwn
          ? `The record says that ${actor} acted, with no agent in between.`
          : `${record} says that ${actor} acted; the act’s own record names nobody.`,
      }
    case 'service':
      return {
        code: 'service_on_record',
        text: `${record} says that the service ${actor} acted; it is no agent.`,
      }
    case 'undetermined':
      return decision.ancestors.records.length > 0
        ? unnamedReason(decision)
        : notFoundReason(question, decision)
  }
}

function agentReason({ instance, claimSources, ancestors }: Decision, actor: string): BareReason {
  const subject = ancestors.records[0]?.key
  if (instance !== '')
    return {
      code: 'instance_on_record',
      text:
        claimSources.instance?.key === subject
          ? `The record names the running instance ${actor}.`
          : `A record that the act stands under names the running instance ${actor}.`,
    }
  if (isServiceName(claimSources.template))
    return {
      code: 'template_on_record',
      text: `The records say that an agent acted, and of which one only that it runs in the service ${actor}.`,
    }
  const record = claimSources.template?.key === subject ? 'The record' : 'Another record'
  return {
    code: 'template_on_record',
    text: `${record} names the agent ${actor}; the running instance is not known.`,
  }
}

/** True when the agent's only name is the name of the service that it runs in. */
export function isServiceName(template: EvidenceRecord | undefined): boolean {
  return template?.template_rule === 'resource.service_name'
}

/** Returns the reason why the instance is open though the template is known; undefined when it is not in doubt. */
export function doubtReason(decision: Decision): BareReason | undefined {
  const { doubt, contradicting, rival, simultaneous } = decision
  const [first] = contradicting
  switch (doubt) {
    case '':
      return undefined
    case 'instance_of_another_template':
      return {
        code: 'instance_of_another_template',
        text: `The instance ${nameOrNone(first?.instance)} is claimed twice: as one of ${nameOrNone(first?.template)} by the exporter "${nameOrNone(first?.exporter)}", and as one of ${nameOrNone(rival?.template)} by "${nameOrNone(rival?.exporter)}". Neither is believed; the template is that of the act’s own records.`,
      }
    case 'simultaneous_actions':
      return {
        code: 'simultaneous_actions',
        text: `${describeClaim(first)} and another instance of the same template (${nameOrNone(simultaneous?.instance)}, ${simultaneous?.key ?? ''}) acted at the very same instant: which of the two came last is not on record.`,
      }
    case 'conflicting_identity':
      return {
        code: 'conflicting_identity',
        text: `Records of this act agree on the template and name two instances: ${claimsOf(contradicting)}. None of the two is believed.`,
      }
  }
}

function claimsOf(records: readonly EvidenceRecord[]): string {
  return [...new Set(records.map(describeClaim))].join('; ')
}

function contradictionReason(decision: Decision): BareReason {
  const { contradiction, contradicting, simultaneous } = decision
  const [first] = contradicting
  switch (contradiction) {
    case 'exporter_not_entitled':
      return (
        sealContradiction(first) ?? {
          code: 'exporter_not_entitled',
          text: `The exporter "${nameOrNone(first?.exporter)}" may not speak for the actor that it names: ${describeClaim(first)}.`,
        }
      )
    case 'simultaneous_actions':
      return {
        code: 'simultaneous_actions',
        text: `${describeClaim(first)} and somebody else (${simultaneous?.key ?? ''}) acted at the very same instant: which of the two came last is not on record.`,
      }
    case '':
    case 'conflicting_identity':
      return {
        code: 'conflicting_identity',
        text: `Records of this act disagree on who acted: ${claimsOf(contradicting)}. All are kept, none is believed.`,
      }
  }
}

/** Describes a record's claim on the actor in a few words. */
export function describeClaim(record: EvidenceRecord | undefined): string {
  if (record === undefined) return 'nobody'
  const { actor_type: type, instance, template, user, service, delegator } = record
  if (type === 'human' && instance === '') return `human ${nameOrNone(user)}`
  if (type === 'service') return `service ${nameOrNone(service)}`
  const behalf = delegator === '' ? '' : ` for ${nameOrNone(delegator)}`
  return `${type === '' ? 'actor' : type} instance ${nameOrNone(instance)} of ${nameOrNone(template)}${behalf}`
}

const notUnderstood: BareReason = {
  code: 'vocabulary_not_understood',
  text: 'Records exist for this handle, in a vocabulary that is not understood: who acted in them is not known.',
}

/** Returns the reason why a record above the act is not admitted. */
export function notAdmittedReason(
  { record, exporter }: NotAdmitted,
  subject: EvidenceRecord,
): BareReason {
  const [of, by] = [nameOrNone(record.exporter), nameOrNone(exporter)]
  const claim = record.actor_type === '' ? 'nobody' : describeClaim(record)
  return {
    code: 'not_entitled_to_inherit',
    text:
      exporter === record.exporter
        ? `The exporter "${of}" supplied a record above the act that names ${claim}, and may not speak for the actor of a record of "${nameOrNone(subject.exporter)}": it is kept, and settles nothing.`
        : `The exporter "${by}" put the act under a record of "${of}" that names ${claim}, and may not speak for that actor: it is kept, and settles nothing.`,
  }
}

function unnamedReason(decision: Decision): BareReason {
  const { ancestors, evidence, notAdmitted } = decision
  if (isForeign(decision)) return notUnderstood
  const [subject] = ancestors.records
  if (notAdmitted !== undefined && notAdmitted.record.actor_type !== '' && subject !== undefined)
    return notAdmittedReason(notAdmitted, subject)
  if (ancestors.records.some((record) => record.actor_type !== ''))
    return {
      code: 'no_actor_identity',
      text: 'The record says what kind of actor it was, and not which one.',
    }
  if (evidence.truncated && ancestors.missingParent !== '')
    return {
      code: 'evidence_truncated',
      text: 'More records surround the act than one question looks at, and those that were looked at do not say who acted.',
    }
  if (ancestors.missingParent !== '')
    return {
      code: 'no_actor_claim',
      text: 'The record of the act says nothing of who acted, and the records it stands under are missing or say nothing either.',
    }
  return {
    code: 'no_actor_claim',
    text: 'The record of the act says nothing of who acted, and neither do the records it stands under.',
  }
}

function notFoundReason(question: Question, { evidence }: Decision): BareReason {
  const { listed } = evidence
  if (isUnread(evidence)) return notUnderstood
  if (evidence.truncated)
    return {
      code: 'evidence_truncated',
      text: 'More acts are recorded than one question looks at, and the verdict may concern none of those that were looked at: ask about a shorter time.',
    }
  if (listed.length === 0)
    return {
      code: 'no_record',
      text: 'No action is recorded for this handle. Absence of a record is no evidence of a human.',
    }
  const { fold } = readActs(evidence)
  // Another record of the act may tell how it ended.
  const isOpen = ({ key, outcome }: (typeof listed)[number]): boolean =>
    outcome === 'unknown' && (fold(key)?.outcome ?? outcome) === outcome
  if (listed.some(isOpen))
    return {
      code: 'outcome_unknown',
      text: 'An intent is recorded whose outcome never arrived: the act may or may not have happened. See the alternatives.',
    }
  const sought =
    question.verb === null ? 'action other than a read' : `action with the verb "${question.verb}"`
  return {
    code: 'no_successful_action',
    text: `Records exist, and no successful ${sought} is among them. See the alternatives.`,
  }
}

/** True when the handle names records, but no act and no record that is understood. */
export function isUnread({ subject, relatedRecords, listed }: Evidence): boolean {
  if (subject !== '' || listed.length > 0 || relatedRecords.size === 0) return false
  return [...relatedRecords.values()].flat().every((record) => !isUnderstood(record))
}

/** True when neither the record asked about nor its ancestors are understood. */
export function isForeign({ ancestors }: Pick<Decision, 'ancestors'>): boolean {
  return ancestors.records.length > 0 && ancestors.records.every((record) => !isUnderstood(record))
}

/** A record that matches no vocabulary has the kind `other`, no actor and no names. */
function isUnderstood(record: EvidenceRecord): boolean {
  return (
    record.kind !== 'other' ||
    record.actor_type !== '' ||
    record.tool !== '' ||
    record.resource !== '' ||
    record.verb !== ''
  )
}
