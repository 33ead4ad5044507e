import { parseInstant } from '@whodid/model'
import type { AuthorityAnswer, Reason, Registration } from '@whodid/model'
import { nameOrNull } from '../text.ts'
import type { RegistryPart } from './read-version.ts'
import type { AuthorityQuestion } from './question.ts'
import type { InstanceFacts } from './read-facts.ts'
import { listedMax } from './sql.ts'

interface Around {
  readonly facts: InstanceFacts
  readonly registry: Pick<RegistryPart, 'isUnreadable' | 'mayBePruned'>
  readonly integrity: AuthorityAnswer['integrity']
  readonly knowsStops: boolean
}

/** The things that keep the state of an instance's authority from being known. */
export function obstaclesOf(
  question: AuthorityQuestion,
  { facts, registry, integrity, knowsStops }: Around,
): Reason[] {
  const { templates, records } = facts
  const found: (Reason | false)[] = [
    question.isAhead && reasonOf('at_in_future', 'What will be allowed is not on record.'),
    records === 0 && reasonOf('no_record', 'The ledger had no record of the instance by then.'),
    records > 0 &&
      templates.length === 0 &&
      reasonOf('template_not_recorded', 'No record says of which template the instance is.'),
    templates.length > 1 &&
      reasonOf(
        'conflicting_template',
        `Records name several templates, with equal right: ${templates.map((each) => nameOrNull(each)).join(', ')}.`,
      ),
    registry.isUnreadable &&
      reasonOf('registration_unreadable', 'The newest version in the registry cannot be read.'),
    registry.mayBePruned &&
      reasonOf(
        'registry_pruned',
        'No version of the template is on record, and months of records were pruned: there may have been one.',
      ),
    !knowsStops &&
      reasonOf('stops_not_known', 'This service does not know which agents were stopped.'),
    integrity.state === 'failed' &&
      reasonOf('integrity_failed', 'A record that this rests on is not what was sealed.'),
  ]
  return found.filter((each) => each !== false)
}

/** The facts that are not on record, or not decided, beside what keeps the state from being known. */
export function unknownsOf(
  facts: InstanceFacts,
  registration: Registration | null,
  scopes: AuthorityAnswer['scopes'],
): Reason[] {
  const { delegations, approvals, credentials, delegators } = facts
  const lists = { delegations, approvals, credentials }
  const found: (Reason | false)[] = [
    facts.records > 0 &&
      delegations.length === 0 &&
      reasonOf('delegation_not_recorded', 'No record says for whom the instance acted.'),
    delegators.length > 1 &&
      reasonOf('several_delegators', 'Records name several on whose behalf the instance acted.'),
    registration?.tools === null &&
      reasonOf('tools_not_stated', 'The registration does not state which tools are allowed.'),
    registration?.resources === null &&
      reasonOf(
        'resources_not_stated',
        'The registration does not state which resources are allowed.',
      ),
    ...scopes.unknown.map((side) =>
      reasonOf('scopes_not_stated', `Nothing on record states the scopes of: ${side}.`),
    ),
    delegations.some(({ expires }) => expires !== '' && !isInstant(expires)) &&
      reasonOf('end_not_readable', 'The end of a delegation is no time, and was not judged.'),
    ...Object.entries(lists).map(
      ([name, list]) =>
        list.length > listedMax &&
        reasonOf('list_cut', `More than ${listedMax} ${name} are on record; the newest are given.`),
    ),
  ]
  return found.filter((each) => each !== false)
}

/** One plain sentence. */
export function summarizeAuthority(
  answer: Pick<
    AuthorityAnswer,
    'question' | 'state' | 'template' | 'decision' | 'reasons' | 'registration'
  >,
): string {
  const { question, state, template, decision, reasons } = answer
  const of = template === null ? '' : ` of the template ${template.id} (${template.grade})`
  const why = reasons.map(({ text }) => text).join(' ')
  const head = `At ${question.at} the authority of instance ${question.instance}${of} was ${state}. ${why}`
  if (decision === null) return head
  const asked = [
    question.tool === null ? '' : `the tool ${question.tool}`,
    question.resource === null ? '' : `the resource ${question.resource}`,
  ].filter((part) => part !== '')
  const found = reasons.some(({ text }) => text === decision.text) ? '' : ` ${decision.text}`
  const use = `of ${asked.join(' on ')}`
  const sentence = {
    allowed: `Use ${use} was allowed.`,
    not_allowed: `Use ${use} was not allowed.`,
    unknown: `Whether use ${use} was allowed is not on record.`,
  }[decision.answer]
  return `${head} ${sentence}${found}`
}

function isInstant(text: string): boolean {
  try {
    parseInstant(text, 'expires_at')
    return true
  } catch {
    return false
  }
}

function reasonOf(code: string, text: string): Reason {
  return { code, text, span: null }
}
