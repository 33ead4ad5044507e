import { printableLine } from '@whodid/model'
import type { Input, WhoDidAnswer } from '@whodid/model'
import { pastDeed } from './past-deed.ts'
import type { Question } from './question.ts'

/** Longest piece of a prompt quoted in the summary, in UTF-16 units. */
const quoteLengthMax = 80

/** One plain sentence that a person can paste into an incident channel. */
export function summarize(question: Question, answer: Omit<WhoDidAnswer, 'summary'>): string {
  const { action, reasons, integrity } = answer
  const what = integrity.findings.length > 0 ? 'the record' : 'the ledger'
  const warning =
    integrity.state === 'failed'
      ? ` DO NOT RELY ON THIS: ${what} is not what was sealed; it has been changed.`
      : ''
  if (action === null || answer.verdict === 'undetermined')
    return `Who acted on ${printableLine(question.of, 200)} cannot be determined: ${reasons[0]?.text ?? ''}${warning}`
  return `${subjectOf(answer)} ${deedOf(action)}${becauseOf(answer)}.${warning}`
}

function subjectOf(answer: Omit<WhoDidAnswer, 'summary'>): string {
  const id = answer.actor?.id ?? ''
  if (answer.verdict === 'human') return `A human, ${id},`
  if (answer.verdict === 'service') return `The service ${id}, which is no agent,`
  const template = answer.agent?.template?.id ?? 'an unnamed template'
  const instance = answer.agent?.instance
  const who = instance ? `The agent ${template} (instance ${instance.id})` : `The agent ${template}`
  const delegator = answer.delegator
  return delegator === null
    ? `${who}, on nobody's recorded behalf,`
    : `${who}, acting for ${delegator.id},`
}

function deedOf(action: NonNullable<WhoDidAnswer['action']>): string {
  const what = action.resource?.id ?? action.tool ?? action.id
  const tool = action.tool === null || action.tool === what ? '' : ` with ${action.tool}`
  const when = action.started_at.slice(0, 19).replace('T', ' ')
  const ended =
    action.outcome === 'success' ? '' : ` (outcome: ${action.outcome ?? 'not recorded'})`
  return `${pastDeed(action)} ${what}${tool} at ${when} UTC${ended}`
}

function becauseOf(answer: Omit<WhoDidAnswer, 'summary'>): string {
  if (answer.verdict !== 'agent') return ''
  const untrusted = answer.inputs.filter((input: Input) => input.trust === 'untrusted')
  const source = untrusted.at(-1)?.source
  return [
    answer.prompt?.text ? `, prompted "${printableLine(answer.prompt.text, quoteLengthMax)}"` : '',
    source === undefined ? '' : `, after reading untrusted content from ${source}`,
    answer.credential?.borrowed === true
      ? `, with ${answer.credential.subject ?? 'a person'}'s own credential`
      : '',
  ].join('')
}
