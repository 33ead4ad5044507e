import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import type { Question } from './question.ts'
import { nameOrNone, nameOrNull } from './text.ts'
import { isForeign, isUnread } from './unread-vocabulary.ts'

/** A reason before it is tied to a record. */
export interface BareReason {
  readonly code: string
  readonly text: string
}

/** What decided the verdict, or what kept it from being decided. */
export function decidingReason(question: Question, decision: Decision): BareReason {
  if (decision.contradiction !== '') return contradictionReason(decision)
  const actor = nameOrNull(decision.actorId) ?? ''
  switch (decision.verdict) {
    case 'agent':
      return decision.instance === ''
        ? {
            code: 'template_on_record',
            text: `The record names the agent ${actor}, and no running instance.`,
          }
        : { code: 'instance_on_record', text: `The record names the running instance ${actor}.` }
    case 'human':
      return {
        code: 'human_on_record',
        text: `The record says that ${actor} acted, with no agent in between.`,
      }
    case 'service':
      return {
        code: 'service_on_record',
        text: `The record says that the service ${actor} acted; it is no agent.`,
      }
    case 'undetermined':
      return decision.trail.records.length > 0
        ? unnamedReason(decision)
        : notFoundReason(question, decision)
  }
}

function contradictionReason(decision: Decision): BareReason {
  const { contradiction, contradicting, rival, simultaneous } = decision
  const [first] = contradicting
  switch (contradiction) {
    case 'exporter_not_entitled':
      return {
        code: 'exporter_not_entitled',
        text: `The exporter "${nameOrNone(first?.exporter)}" may not speak for the actor that it names: ${describeClaim(first)}.`,
      }
    case 'instance_of_another_template':
      return {
        code: 'instance_of_another_template',
        text: `The instance ${nameOrNone(first?.instance)} is claimed twice: as one of ${nameOrNone(first?.template)} by the exporter "${nameOrNone(first?.exporter)}", and as one of ${nameOrNone(rival?.template)} by "${nameOrNone(rival?.exporter)}". Neither is believed.`,
      }
    case 'simultaneous_actions':
      return {
        code: 'simultaneous_actions',
        text: `${describeClaim(first)} and somebody else (${simultaneous?.key ?? ''}) acted at the very same instant: which of the two came last is not on record.`,
      }
    case '':
    case 'conflicting_identity':
      return {
        code: 'conflicting_identity',
        text: `Records of this act disagree on who acted: ${[...new Set(contradicting.map(describeClaim))].join('; ')}. All are kept, none is believed.`,
      }
  }
}

/** A record's claim on who acted, in a few words. */
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

function unnamedReason(decision: Decision): BareReason {
  const { trail, evidence } = decision
  if (isForeign(decision)) return notUnderstood
  if (trail.records.some((record) => record.actor_type !== ''))
    return {
      code: 'no_actor_identity',
      text: 'The record says what kind of actor it was, and not which one.',
    }
  if (evidence.truncated && trail.missingParent !== '')
    return {
      code: 'evidence_truncated',
      text: 'More records surround the act than one question looks at, and those that were looked at do not say who acted.',
    }
  if (trail.missingParent !== '')
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
  if (listed.length === 0)
    return {
      code: 'no_record',
      text: 'No action is recorded for this handle. Absence of a record is no evidence of a human.',
    }
  if (listed.some((action) => action.outcome === 'unknown'))
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
