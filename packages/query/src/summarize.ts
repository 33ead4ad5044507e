import { printableLine } from '@whodid/model'
import type { Input, WhoDidAnswer } from '@whodid/model'
import { pastDeed } from './past-deed.ts'
import type { Question } from './question.ts'

/** Longest piece of a prompt quoted in the summary, in UTF-16 units. */
const quoteLengthMax = 80

/** Verbs that stand in a sentence as they are, and what stands for those that do not. */
const infinitives: ReadonlyMap<string, string> = new Map([
  ['approve', 'approve'],
  ['create', 'create'],
  ['delegate', 'hand over to'],
  ['delete', 'delete'],
  ['execute', 'execute'],
  ['grant', 'grant access to'],
  ['read', 'read'],
  ['send', 'send'],
  ['update', 'update'],
  ['', 'act on'],
])

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
  return `${subjectOf(answer)} ${deedOf(action, answer.chain)}${becauseOf(answer)}.${warning}`
}

function subjectOf(answer: Omit<WhoDidAnswer, 'summary'>): string {
  const id = answer.actor?.id ?? ''
  if (answer.verdict === 'human') return `A human, ${id},`
  if (answer.verdict === 'service') return `The service ${id}, which is no agent,`
  const who = agentOf(answer)
  const delegator = answer.delegator
  return delegator === null
    ? `${who}, on nobody's recorded behalf,`
    : `${who}, acting for ${delegator.id},`
}

function agentOf({ agent, reasons }: Omit<WhoDidAnswer, 'summary'>): string {
  const template = agent?.template?.id ?? 'an unnamed template'
  const isService = reasons.some(({ code }) => code === 'named_by_service')
  const who = isService ? `An agent in service ${template}` : `The agent ${template}`
  return agent?.instance ? `${who} (instance ${agent.instance.id})` : who
}

function deedOf(action: NonNullable<WhoDidAnswer['action']>, chain: WhoDidAnswer['chain']): string {
  const what = action.resource?.id ?? action.tool ?? nameOfAct(action, chain)
  const tool = action.tool === null || action.tool === what ? '' : ` with ${action.tool}`
  const when = action.started_at.slice(0, 19).replace('T', ' ')
  const done = `${pastDeed(action)} ${what}${tool} at ${when} UTC`
  const verb = infinitives.get(action.verb) ?? `do "${action.verb}" to`
  const attempt = `${verb} ${what}${tool} at ${when} UTC`
  switch (action.outcome) {
    case 'success':
      return done
    case 'failure':
      return `tried to ${attempt} and failed`
    case 'denied':
      return `tried to ${attempt} and was denied`
    case 'unknown':
      return `announced at ${when} UTC to ${verb} ${what}${tool} (outcome not on record)`
    case null:
      return `${done} (outcome not on record)`
  }
}

/** What an act is called that names no tool: by the nearest call it is a part of, else by its own span. */
function nameOfAct(
  { id, span }: NonNullable<WhoDidAnswer['action']>,
  chain: WhoDidAnswer['chain'],
): string {
  const own = chain.findLast((hop) => hop.span === span)
  const call = chain.findLast(
    (hop) => hop.span !== span && hop.record_kind === 'tool_call' && hop.tool !== null,
  )
  const isPart = own?.record_kind === 'tool_call' || own?.record_kind === 'action'
  const name = (isPart ? call?.tool : undefined) ?? own?.name ?? ''
  return name === '' ? id : name
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
