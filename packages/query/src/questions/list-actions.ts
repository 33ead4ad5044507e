import type { HandleKind } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { isAnchored } from './actions-question.ts'
import type { ActionFilters, ActionsQuestion } from './actions-question.ts'
import { askStatement } from './ask-statement.ts'
import type { QuestionCost } from './ask-statement.ts'
import { encodeCursor } from './cursor.ts'
import { actionColumns, ownGrade, ownVerdict, toListedAction } from './listed-action.ts'
import type { ActionRow, ListedAction } from './listed-action.ts'
import { rowsOfPage, takePage } from './page.ts'
import { timeBoundParameters, withinTimeBounds } from './time-bounds.ts'

/** One page of actions, newest first. */
export interface ActionsAnswer {
  actions: ListedAction[]
  /** For the next page, with the same filters; null after the last. */
  next_cursor: string | null
  cost: QuestionCost
}

/**
 * The actions that fit the filters, newest first, a page at a time.
 *
 * Pages follow one another by time and ID, not by number: while records arrive, no action comes twice and none that was
 * there at the first page is left out; one that arrives late is seen when its time lies on a page still to come.
 *
 * Throws what `Selector.select` throws.
 */
export async function listActions(
  selector: Selector,
  tenant: string,
  question: ActionsQuestion,
): Promise<ActionsAnswer> {
  const { rows, cost } = await askStatement<ActionRow>(selector, planActions(question, tenant))
  const { records, next } = takePage(rows, question.limit)
  return {
    actions: records.map(toListedAction),
    next_cursor: next === null ? null : encodeCursor(question.filters, next),
    cost,
  }
}

/** The one statement: of the table that the handle's index leads to, or of the hours asked about. */
function planActions({ filters, limit, after }: ActionsQuestion, tenant: string): Statement {
  const conditions = [withinTimeBounds]
  const parameters: Record<string, string | number> = {
    ...timeBoundParameters(filters.time),
    rows: rowsOfPage(limit),
  }
  const add = (condition: string, values: Readonly<Record<string, string>>): void => {
    conditions.push(condition)
    Object.assign(parameters, values)
  }
  // The ledger itself is ordered by hour, its actions by resource.
  const anchored = isAnchored(filters)
  if (!anchored)
    conditions.push(
      "(row.record_kind IN ('tool_call', 'action') OR row.resource_id != '' OR row.action_id != '')",
    )
  for (const [condition, values] of handleConditions(filters.handles)) add(condition, values)
  if (filters.verb !== null) add('row.verb = {verb:String}', { verb: filters.verb })
  if (filters.outcome !== null) add('row.outcome = {outcome:String}', { outcome: filters.outcome })
  if (filters.verdict !== null)
    add(`${ownVerdict} = {verdict:String}`, { verdict: filters.verdict })
  if (filters.grade !== null) add(`${ownGrade} = {grade:String}`, { grade: filters.grade })
  if (after !== null) {
    const [ts = '', trace = '', span = ''] = after
    add(afterPosition, { after_ts: ts, after_trace: trace, after_span: span })
  }
  const sql = `
SELECT ${actionColumns}
FROM ${anchored ? 'whodid.actions' : 'whodid.spans'} AS row
WHERE ${conditions.join('\n  AND ')}
ORDER BY row.ts DESC, row.trace_id DESC, row.span_id DESC, row.received_at
LIMIT {rows:UInt32}`
  return { sql, parameters, tenant }
}

// The first half is what an index by time understands.
const afterPosition = `row.ts <= {after_ts:DateTime64(9, 'UTC')}
  AND (row.ts, row.trace_id, row.span_id) < (
    {after_ts:DateTime64(9, 'UTC')}, toFixedString(unhex({after_trace:String}), 16), toFixedString(unhex({after_span:String}), 8)
  )`

const inTrace = (name: string): string =>
  `row.trace_id = toFixedString(unhex({${name}:String}), 16)`

function handleConditions(
  handles: ActionFilters['handles'],
): [condition: string, values: Record<string, string>][] {
  return Object.entries(handles).map(([name, value]) => {
    // The entries of a record by kind have kinds as their names.
    const kind = name as HandleKind
    if (kind !== 'span') return [handleCondition[kind], { [kind]: value }]
    const [trace = '', span = ''] = value.split('-')
    return [handleCondition.span, { span_trace: trace, span }]
  })
}

const handleCondition: Readonly<Record<HandleKind, string>> = {
  trace: inTrace('trace'),
  span: `${inTrace('span_trace')} AND row.span_id = toFixedString(unhex({span:String}), 8)`,
  action: 'row.action_id = {action:String}',
  instance: 'row.instance_id = {instance:String}',
  template: 'row.template_id = {template:String}',
  delegator: 'row.principal_id = {delegator:String}',
  correlation: 'row.correlation_id = {correlation:String}',
  credential: 'row.credential_id = {credential:String}',
  resource: 'row.resource_id = {resource:String}',
}
