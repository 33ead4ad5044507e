import type { Question } from './question.ts'
import { nameOrNull } from './text.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** A reason before it is tied to a record. */
export interface BareReason {
  readonly code: string
  readonly text: string
}

/** What decided the verdict, or what kept it from being decided. */
export function decidingReason(question: Question, row: WhoDidRow): BareReason {
  if (row.contradiction !== '') return contradictionReason(row)
  const actor = nameOrNull(row.actor_id) ?? ''
  switch (row.verdict) {
    case 'agent':
      return row.instance === ''
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
      return Number(row.versions ?? 0) > 0 ? unnamedReason(row) : notFoundReason(question, row)
  }
}

function contradictionReason(row: WhoDidRow): BareReason {
  if (row.contradiction === 'exporter_not_entitled')
    return {
      code: 'exporter_not_entitled',
      text: `The exporter "${nameOrNull(row.trail[0]?.exporter ?? '') ?? ''}" may not speak for the actor that it names.`,
    }
  const claimed = (row.claimed_instances ?? []).map((id) => nameOrNull(id) ?? 'none').join(', ')
  return {
    code: 'conflicting_identity',
    text: `Records of this act disagree on who acted (instances: ${claimed}); all are kept, none is believed.`,
  }
}

function unnamedReason(row: WhoDidRow): BareReason {
  return row.trail.some((record) => record.actor_type !== '')
    ? {
        code: 'no_actor_identity',
        text: 'The record says what kind of actor it was, and not which one.',
      }
    : {
        code: 'no_actor_claim',
        text: 'The record of the act says nothing of who acted, and neither do the records it stands under.',
      }
}

function notFoundReason(question: Question, row: WhoDidRow): BareReason {
  if (row.candidates.length === 0)
    return {
      code: 'no_record',
      text: 'Nothing is recorded for this handle. Absence of a record is no evidence of a human.',
    }
  if (row.candidates.some((candidate) => candidate.outcome === 'unknown'))
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
