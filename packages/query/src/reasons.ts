import type { Input, Reason } from '@whodid/model'
import type { Question } from './question.ts'
import { nameOrNull } from './text.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** Why the verdict is what it is: what decided it first, then what a responder should weigh beside it. */
export function explainVerdict(
  question: Question,
  row: WhoDidRow,
  inputs: readonly Input[],
): Reason[] {
  const subject = row.trail[0]
  const span = subject === undefined || subject.key === '' ? null : subject.key
  const reasons: Reason[] = [{ ...decidingReason(question, row), span }]
  if (row.verdict === 'undetermined' || subject === undefined) return reasons
  if (row.verdict === 'agent' && row.claim_grades[1] === 'inferred')
    reasons.push(inferredReason(row, span))
  if (row.grade === 'channel')
    reasons.push({
      code: 'exporter_entitled',
      text: `The exporter "${nameOrNull(subject.exporter) ?? ''}" was authenticated and may speak for this actor.`,
      span,
    })
  if (row.delegator !== '')
    reasons.push({
      code: 'delegator_on_record',
      text: `The instance acts for ${row.delegator_type} ${nameOrNull(row.delegator) ?? ''}.`,
      span,
    })
  if (subject.credential_borrowed)
    reasons.push({
      code: 'borrowed_credential',
      text: `The credential used is ${nameOrNull(subject.credential_subject) ?? 'its owner'}'s own and names no actor: the audit log of the system it opened will name that person.`,
      span,
    })
  const untrusted = inputs.filter((input) => input.trust === 'untrusted')
  if (row.verdict === 'agent' && untrusted.length > 0)
    reasons.push({
      code: 'untrusted_input',
      text: `Before the action, untrusted content from ${untrusted
        .map((input) => input.source)
        .slice(0, 5)
        .join(', ')} had entered the context.`,
      span: untrusted.at(-1)?.span ?? null,
    })
  return reasons
}

function decidingReason(question: Question, row: WhoDidRow): { code: string; text: string } {
  if (row.contradiction === 'conflicting_identity')
    return {
      code: 'conflicting_identity',
      text: `Records of this act disagree on who acted (instances: ${(row.claimed_instances ?? []).map((id) => nameOrNull(id) ?? 'none').join(', ')}); all are kept, none is believed.`,
    }
  if (row.contradiction === 'exporter_not_entitled')
    return {
      code: 'exporter_not_entitled',
      text: `The exporter "${nameOrNull(row.trail[0]?.exporter ?? '') ?? ''}" may not speak for the actor that it names.`,
    }
  switch (row.verdict) {
    case 'agent':
      return row.instance === ''
        ? {
            code: 'template_on_record',
            text: `The record names the agent ${nameOrNull(row.template) ?? ''}, and no running instance.`,
          }
        : {
            code: 'instance_on_record',
            text: `The record names the running instance ${nameOrNull(row.instance) ?? ''}.`,
          }
    case 'human':
      return {
        code: 'human_on_record',
        text: `The record says that ${nameOrNull(row.actor_id) ?? ''} acted, with no agent in between.`,
      }
    case 'service':
      return {
        code: 'service_on_record',
        text: `The record says that the service ${nameOrNull(row.actor_id) ?? ''} acted; it is no agent.`,
      }
    case 'undetermined':
      return undeterminedReason(question, row)
  }
}

function undeterminedReason(question: Question, row: WhoDidRow): { code: string; text: string } {
  if (Number(row.versions ?? 0) > 0)
    return row.trail.some((record) => record.actor_type !== '')
      ? {
          code: 'no_actor_identity',
          text: 'The record says what kind of actor it was, and not which one.',
        }
      : {
          code: 'no_actor_claim',
          text: 'The record of the act says nothing of who acted, and neither do the records it stands under.',
        }
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
  return {
    code: 'no_successful_action',
    text: `Records exist, but no successful ${question.verb === null ? 'action other than a read' : `"${question.verb}"`} is among them. See the alternatives.`,
  }
}

function inferredReason(row: WhoDidRow, span: string | null): Reason {
  const own = row.trail[0]?.instance !== ''
  return own
    ? {
        code: 'inferred_from_convention',
        text: 'The instance was derived from another vocabulary’s attributes by a named rule.',
        span,
      }
    : {
        code: 'inherited_from_ancestor',
        text: 'The act’s own record does not name the instance; the nearest record it stands under does.',
        span,
      }
}
