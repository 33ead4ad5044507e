import type { Statement } from '@whodid/store'
import { timeBoundParameters } from '../../time-bounds.ts'
import { rowsOfPage } from '../page.ts'
import { actionColumns, inThreadsOf, isAct, withinTimeBounds } from '../sql.ts'
import type { ActionFilters, ActionsQuestion, ListHandleKind } from './question.ts'

/** The one statement. It reads the table that the handle's index leads to, or the hours asked about. */
export function actionsSql({ filters, limit, after }: ActionsQuestion, tenant: string): Statement {
  const conditions = [withinTimeBounds]
  const parameters: Record<string, string | number> = {
    ...timeBoundParameters(filters.time),
    rows: rowsOfPage(limit),
  }
  const add = (condition: string, values: Readonly<Record<string, string>>): void => {
    conditions.push(condition)
    Object.assign(parameters, values)
  }
  const source = sourceOf(filters.handles)
  conditions.push(...source.conditions)
  for (const [condition, values] of handleConditions(filters.handles)) add(condition, values)
  if (filters.verb !== null) add('row.verb = {verb:String}', { verb: filters.verb })
  // Another record of the same act may supply what this record leaves open or only implies by its form.
  if (filters.outcome !== null)
    add(`row.outcome IN ({outcome:String}, '', 'unknown', 'success')`, { outcome: filters.outcome })
  if (after !== null) {
    const [ts = '', trace = '', span = ''] = after
    add(afterPosition, { after_ts: ts, after_trace: trace, after_span: span })
  }
  const sql = `
SELECT ${actionColumns}
FROM ${source.table} AS row
WHERE ${conditions.join('\n  AND ')}
ORDER BY row.ts DESC, row.trace_id DESC, row.span_id DESC, row.received_at
LIMIT {rows:UInt32}`
  return { sql, parameters, tenant }
}

/** A table, and the condition that finds the rows in it. */
interface Source {
  readonly table: 'whodid.actions' | 'whodid.v_spans'
  readonly conditions: readonly string[]
}

/**
 * The places of the handles' actions, narrowest first. The ledger is ordered by hour and trace. `whodid.threads` maps most
 * names to them; without a name, a time bounds the read. Resources and people have their own order of actions.
 */
function sourceOf(handles: ActionFilters['handles']): Source {
  const spans = (thread: string): Source => ({
    table: 'whodid.v_spans',
    conditions: [isAct, thread],
  })
  if (handles.span !== undefined) return spans(inThreadsOf('trace', traceSql('span_trace')))
  if (handles.trace !== undefined) return spans(inThreadsOf('trace', traceSql('trace')))
  if (handles.action !== undefined) return spans(inThreadsOf('action', '{action:String}'))
  // `whodid.actions` has no column for these two.
  for (const kind of ['session', 'conversation'] as const)
    if (handles[kind] !== undefined) return spans(inThreadsOf(kind, `{${kind}:String}`))
  if (handles.resource !== undefined) return { table: 'whodid.actions', conditions: [] }
  for (const kind of ['instance', 'correlation'] as const)
    if (handles[kind] !== undefined) return spans(inThreadsOf(kind, `{${kind}:String}`))
  if (handles.delegator !== undefined)
    return { table: 'whodid.actions', conditions: ['row.principal_id = {delegator:String}'] }
  if (handles.credential !== undefined)
    return spans(inThreadsOf('credential', '{credential:String}'))
  return { table: 'whodid.v_spans', conditions: [isAct] }
}

// An index by time can use the first half only.
const afterPosition = `row.ts <= {after_ts:DateTime64(9, 'UTC')}
  AND (row.ts, row.trace_id, row.span_id) < (
    {after_ts:DateTime64(9, 'UTC')}, toFixedString(unhex({after_trace:String}), 16), toFixedString(unhex({after_span:String}), 8)
  )`

const traceSql = (name: string): string => `toFixedString(unhex({${name}:String}), 16)`
const inTrace = (name: string): string => `row.trace_id = ${traceSql(name)}`

function handleConditions(
  handles: ActionFilters['handles'],
): [condition: string, values: Record<string, string>][] {
  return Object.entries(handles).map(([name, value]) => {
    // The names of a record's entries by kind are the kinds.
    const kind = name as ListHandleKind
    if (kind !== 'span') return [handleCondition[kind], { [kind]: value }]
    const [trace = '', span = ''] = value.split('-')
    return [handleCondition.span, { span_trace: trace, span }]
  })
}

/** `whodid.actions` holds this value in a column of its own. */
const principal =
  "multiIf(row.actor_type = 'human', row.user_id, row.delegator_id != '', row.delegator_id, row.actor_type = 'service', row.service_name, '')"

const handleCondition: Readonly<Record<ListHandleKind, string>> = {
  trace: inTrace('trace'),
  span: `${inTrace('span_trace')} AND row.span_id = toFixedString(unhex({span:String}), 8)`,
  action: 'row.action_id = {action:String}',
  instance: 'row.instance_id = {instance:String}',
  template: 'row.template_id = {template:String}',
  delegator: `${principal} = {delegator:String}`,
  correlation: 'row.correlation_id = {correlation:String}',
  credential: 'row.credential_id = {credential:String}',
  resource: 'row.resource_id = {resource:String}',
  session: 'row.session_id = {session:String}',
  conversation: 'row.conversation_id = {conversation:String}',
  tool: 'row.tool_name = {tool:String}',
}
