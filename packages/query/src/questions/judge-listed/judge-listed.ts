import { outcomes } from '@whodid/model'
import type { ListedAction, QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { nameOrNull } from '../../text.ts'
import type { EvidenceRecord } from '../../who-did/evidence/evidence-record.ts'
import type { ActionFilters, ListHandleKind } from '../list-actions/question.ts'
import { judgeActs } from './judge-acts.ts'
import type { JudgedAct } from './judge-acts.ts'

/** The handles that narrowed a list. */
type ListHandles = ActionFilters['handles']

/**
 * Judges the entries of a list by the rules of answers: inheritance and contradiction decide the actor, and any record of the
 * act may supply the outcome. An entry that is only a part of another listed act is left out.
 *
 * Throws the errors of `Selector.select`.
 */
export async function judgeListed(
  selector: Selector,
  tenant: string,
  list: {
    readonly entries: readonly ListedAction[]
    readonly handles: ListHandles
    readonly recorded: string
  },
): Promise<{ readonly entries: ListedAction[]; readonly cost: QuestionCost | undefined }> {
  const { entries, handles, recorded } = list
  const keys = entries.map(({ span }) => span)
  const { judge, cost } = await judgeActs(selector, tenant, { keys, recorded })
  const judged = entries.flatMap((entry) => {
    const found = judge(entry.span)
    if (found === undefined) return [entry]
    const isPart = found.call.key !== entry.span
    return isPart && isListed(found.call, handles) ? [] : [withJudgement(entry, found)]
  })
  return { entries: judged, cost }
}

/** True when a record carries every name that narrowed the list. */
function isListed(record: EvidenceRecord, handles: ListHandles): boolean {
  return Object.entries(handles).every(([name, value]) => {
    // The names of a record's entries by kind are the kinds.
    const kind = name as ListHandleKind
    if (kind === 'trace') return record.key.startsWith(value)
    if (kind === 'span') return record.key === value
    if (kind === 'delegator') return record.delegator === value || record.user === value
    return record[kind] === value
  })
}

function withJudgement(entry: ListedAction, { decision, act, call }: JudgedAct): ListedAction {
  const isWhole = call.key === entry.span
  const isOpen = entry.outcome === null || entry.outcome === 'unknown'
  const reported = isWhole || isOpen ? act.outcome : entry.outcome
  return {
    ...entry,
    outcome: outcomes.find((outcome) => outcome === reported) ?? null,
    tool: entry.tool ?? nameOrNull(act.tool),
    verdict: decision.verdict,
    grade: decision.grade,
    actor: nameOrNull(decision.actorId),
    ...(decision.verdict === 'undetermined' ? {} : decidedNames(decision)),
  }
}

/** Returns the decided names of the agent that are not in doubt; a person or a service has none. */
function decidedNames({
  template,
  instance,
  delegator,
  delegatorType,
}: JudgedAct['decision']): Pick<
  ListedAction,
  'template' | 'instance' | 'delegator' | 'delegator_type'
> {
  return {
    template: nameOrNull(template),
    instance: nameOrNull(instance),
    delegator: nameOrNull(delegator),
    delegator_type: nameOrNull(delegatorType),
  }
}
