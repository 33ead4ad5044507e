import type { ActionsAnswer, ListedAction, QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { timeBoundParameters } from '../../time-bounds.ts'
import { askStatement, sumCosts } from '../ask-statement.ts'
import { encodeCursor } from '../cursor.ts'
import type { Position } from '../cursor.ts'
import { judgeListed } from '../judge-listed/judge-listed.ts'
import { toListedAction } from '../judge-listed/listed-action.ts'
import type { ActionRow } from '../judge-listed/listed-action.ts'
import { takePage } from '../page.ts'
import type { ActionFilters, ActionsQuestion } from './question.ts'
import { actionsSql } from './sql.ts'

/**
 * Returns one page of the actions that fit the filters, newest first, each judged as an answer about it would judge it.
 *
 * Pages follow by time and ID, not by number. While records arrive, no action is listed twice and none that was there at the
 * first page is left out. A late action is listed when its time lies on a later page.
 *
 * A page may be shorter than asked for although another follows: the records of one act are one entry, and an act that does
 * not fit once it is judged is left out. Throws the errors of `Selector.select`.
 */
export async function listActions(
  selector: Selector,
  tenant: string,
  question: ActionsQuestion,
): Promise<ActionsAnswer> {
  let after = question.after
  const costs: QuestionCost[] = []
  for (let page = 1; ; page += 1) {
    const found = await askPage(selector, tenant, { ...question, after })
    costs.push(...found.costs)
    after = found.next
    const isLast = after === null || found.actions.length > 0 || page === emptyPagesMax
    if (isLast)
      return {
        actions: found.actions,
        next_cursor: after === null ? null : encodeCursor(question.filters, after),
        cost: sumCosts(costs),
      }
  }
}

/** The most consecutive pages that judging may empty before an empty page is returned with a cursor. */
const emptyPagesMax = 8

/** Reads and judges one page; judging may leave less than a page. */
async function askPage(
  selector: Selector,
  tenant: string,
  question: ActionsQuestion,
): Promise<{ actions: ListedAction[]; next: Position | null; costs: QuestionCost[] }> {
  const { filters, limit } = question
  const { rows, cost } = await askStatement<ActionRow>(selector, actionsSql(question, tenant))
  const { records, next } = takePage(rows, limit)
  const judged = await judgeListed(selector, tenant, {
    entries: records.map(toListedAction),
    handles: filters.handles,
    recorded: timeBoundParameters(filters.time).recorded,
  })
  const actions = judged.entries.filter((action) => fits(action, filters))
  return { actions, next, costs: [cost, ...(judged.cost === undefined ? [] : [judged.cost])] }
}

/** Outcome, verdict and grade are known once an act is judged. */
function fits(action: ListedAction, { outcome, verdict, grade }: ActionFilters): boolean {
  return (
    (outcome === null || action.outcome === outcome) &&
    (verdict === null || action.verdict === verdict) &&
    (grade === null || action.grade === grade)
  )
}
