import { printableLine } from '@whodid/model'
import type { Input, WhoDidAnswer } from '@whodid/model'
import type { Question } from '../question.ts'
import { isRevocationReason } from './revocation-reasons.ts'

/** The longest piece of a prompt quoted in the summary, in UTF-16 units. */
const quoteLengthMax = 80

/** Verbs that a sentence uses as they are, and the replacements of those that it cannot. */
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

/** Returns one plain sentence that a person can paste into an incident channel. */
export function summarize(question: Question, answer: Omit<WhoDidAnswer, 'summary'>): string {
  const { action, reasons, integrity } = answer
  const what = integrity.findings.length > 0 ? 'the record' : 'the ledger'
  const warning =
    integrity.state === 'failed'
      ? ` DO NOT RELY ON THIS: ${what} is not what was sealed; it has been changed.`
      : ''
  if (action === null || answer.verdict === 'undetermined')
    return `Who acted on ${printableLine(question.of, 200)} cannot be determined: ${reasons[0]?.text ?? ''}${warning}`
  return `${subjectOf(answer)} ${deedOf(action, answer.chain)}${becauseOf(answer)}.${revocationOf(answer)}${warning}`
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

/** Names an act without a tool: by the nearest call it is a part of, otherwise by its own span. */
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

function revocationOf({ reasons }: Pick<WhoDidAnswer, 'reasons'>): string {
  const found = reasons.find(isRevocationReason)
  return found === undefined ? '' : ` ${found.text}`
}

type Action = NonNullable<WhoDidAnswer['action']>

const pastTense: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    approve: 'approved',
    create: 'created',
    delegate: 'handed over to',
    delete: 'deleted',
    execute: 'executed',
    grant: 'granted access to',
    read: 'read',
    send: 'sent',
    update: 'updated',
  }),
)

/** The verbs that a record may have for a merge: the contract's verb, the verb of a tool without one, and none. */
const verbsOfMerge = ['update', 'execute', 'merge', '']

/**
 * Returns the past tense of the act on a resource: the record's verb, but `merged` where a tool whose name means only a merge
 * (`merge`, `merge_pull_request`, `mcp__github__mergePR`) acted on a pull or merge request.
 */
export function pastDeed({
  verb,
  tool,
  resource,
}: Pick<Action, 'verb' | 'tool' | 'resource'>): string {
  if (verbsOfMerge.includes(verb) && isMergeTool(tool ?? '') && isPull(resource?.id ?? ''))
    return 'merged'
  return pastTense.get(verb) ?? (verb === '' ? 'acted on' : `did "${verb}" to`)
}

function isMergeTool(tool: string): boolean {
  // The part before the last separator names the server that has the tool.
  const name =
    tool
      .slice(0, 200)
      .split(/__|[./:]/u)
      .at(-1) ?? ''
  const words = name.replace(/[_\s-]/gu, '').toLowerCase()
  return ['merge', 'mergepullrequest', 'mergepr', 'mergemergerequest', 'mergemr'].includes(words)
}

function isPull(resource: string): boolean {
  return /^[a-z0-9.+-]{1,40}:(?:pull|merge_request|pullrequest):/u.test(resource)
}
