import { hintRules } from '@whodid/model'

/** A kind of name that `whodid.threads` indexes. */
type ThreadKind =
  'trace' | 'correlation' | 'instance' | 'credential' | 'action' | 'session' | 'conversation'

/**
 * The condition that finds, by the ledger's sort key, the hours and traces in which a name occurs. `value` is SQL for the
 * name. Two names may share a key, so the row's own column must be compared as well.
 */
export function inThreadsOf(kind: ThreadKind, value: string): string {
  return inThreads(`key = sipHash64('${kind}', ${value})`)
}

/** The same condition for every thread that fits a condition on `whodid.threads`. */
export function inThreads(condition: string): string {
  return `(toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE ${condition})`
}

/**
 * The condition on `row` that leaves out intents whose outcome is on record, since the two are one act. Only an outcome of
 * the same action ID and actor, received by the same channel, ends an intent.
 *
 * @param table of `whodid`, read under the name `row`
 * @param condition on `row` that bounds the search for outcomes
 */
export function notEnded(table: 'whodid.actions' | 'whodid.v_spans', condition: string): string {
  const actor =
    "row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, '')"
  // Among exporters that are bound to nobody, none has more right to an actor than another.
  const sender =
    table === 'whodid.v_spans' ? ", if(row.channel = 'entitled', '', row.exporter)" : ''
  const identity = `row.action_id, row.instance_id, row.template_id, ${actor}, row.channel${sender}`
  return `(row.outcome != 'unknown' OR row.action_id = '' OR (${identity}) NOT IN (
        SELECT ${identity} FROM ${table} AS row
        WHERE ${condition} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))`
}

/**
 * The condition on a table's `ts` and `received_at`, with {@link timeBoundParameters}. The column is written with its table,
 * `row`; otherwise an output column of the same name would be compared instead.
 */
export const withinTimeBounds = `row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')}`

const hints = [...hintRules].map((rule) => `'${rule}'`).join(', ')

/** True when a row names the instance; a hint never names it. */
const namesInstance = `(row.instance_id != '' AND row.instance_rule NOT IN (${hints}))`

/** True when a record is an action, in SQL: the condition that fills `whodid.actions`. */
export const isAct: string =
  "(row.record_kind IN ('tool_call', 'action') OR row.resource_id != '' OR row.action_id != '')"

/** The verdict of a row's own claims, in SQL. A human who is also an instance is a contradiction. */
const ownVerdict: string = `multiIf(
    row.channel = 'unentitled', 'undetermined',
    row.actor_type = 'agent' AND (${namesInstance} OR row.template_id != ''), 'agent',
    row.actor_type = 'human' AND row.user_id != '' AND row.instance_id = '', 'human',
    row.actor_type = 'service' AND row.service_name != '', 'service',
    'undetermined'
  )`

/** The grade of the weakest claim that {@link ownVerdict} rests on, in SQL. */
export const ownGrade: string = `multiIf(
    row.channel = 'unentitled' OR (row.actor_type = 'human' AND row.instance_id != ''), 'contradicted',
    (${ownVerdict}) = 'undetermined', 'none',
    row.actor_type = 'agent' AND (row.instance_rule != '' OR row.template_rule != '' OR row.delegator_rule != ''), 'inferred',
    row.channel = 'entitled', 'channel',
    'asserted'
  )`

/** The columns selected of `whodid.actions` or `whodid.v_spans` as `row`. */
export const actionColumns: string = `
  lower(hex(row.trace_id)) AS trace, lower(hex(row.span_id)) AS span,
  row.ts AS ts, row.end_ts AS end_ts, row.received_at AS received_at,
  row.action_id AS action_id, row.record_kind AS record_kind, row.verb AS verb, row.outcome AS outcome,
  row.tool_name AS tool_name, row.resource_id AS resource_id, row.resource_type AS resource_type,
  ${ownVerdict} AS verdict,
  ${ownGrade} AS grade,
  row.template_id AS template_id, row.instance_id AS instance_id, row.instance_rule AS instance_rule, row.user_id AS user_id,
  row.service_name AS service_name, row.delegator_id AS delegator_id, row.delegator_type AS delegator_type,
  row.correlation_id AS correlation_id, row.credential_id AS credential_id`

/** The newest entries of a tenant's access log. Parameters: `reads_of`, `limit`. */
export const accessLogSql: string = `
SELECT
  concat(replaceOne(toString(r.read_at), ' ', 'T'), 'Z') AS read_at,
  request_id, reader, role, route, question,
  nullIf(case_id, '') AS case_id,
  nullIf(remote_address, '') AS remote_address,
  nullIf(user_agent, '') AS user_agent
FROM whodid.reads AS r
WHERE r.tenant = {reads_of:String}
ORDER BY r.read_at DESC
LIMIT {limit:UInt32}`

/** The cases of a tenant that have entries, the one written to last first. Parameters: `cases_of`, `authors`, `limit`. */
export const casesSql: string = `
SELECT
  case_id, count() AS entries,
  concat(replaceOne(toString(min(e.written_at)), ' ', 'T'), 'Z') AS first_at,
  concat(replaceOne(toString(max(e.written_at)), ' ', 'T'), 'Z') AS last_at,
  arraySlice(arraySort(groupUniqArray(author)), 1, {authors:UInt32}) AS authors
FROM whodid.case_entries AS e
WHERE e.tenant = {cases_of:String}
GROUP BY case_id
ORDER BY max(e.written_at) DESC, case_id
LIMIT {limit:UInt32}`

/** The entries of a case, oldest first. Parameters: `cases_of`, `case`, `limit`. */
export const caseEntriesSql: string = `
SELECT
  entry_id,
  concat(replaceOne(toString(e.written_at), ' ', 'T'), 'Z') AS written_at,
  author, role, kind, text, question
FROM whodid.case_entries AS e
WHERE e.tenant = {cases_of:String} AND e.case_id = {case:String}
ORDER BY e.written_at, entry_id
LIMIT {limit:UInt32}`

/** The number of entries of a case. Parameters: `cases_of`, `case`. */
export const caseCountSql: string = `
SELECT count() AS entries FROM whodid.case_entries AS e
WHERE e.tenant = {cases_of:String} AND e.case_id = {case:String}`

const instantSql = (column: string): string =>
  `concat(replaceOne(toString(${column}), ' ', 'T'), 'Z')`

/** The records received after an instant, oldest first. Parameters: `after`, `limit`. */
export const tailSql: string = `
SELECT
  ${instantSql('received_at')} AS received_at,
  ${instantSql('ts')} AS started_at,
  lower(concat(hex(trace_id), '-', hex(span_id))) AS span,
  record_kind, name,
  nullIf(actor_type, '') AS actor_type,
  nullIf(template_id, '') AS template,
  nullIf(instance_id, '') AS instance,
  nullIf(delegator_id, '') AS delegator,
  nullIf(verb, '') AS verb,
  nullIf(outcome, '') AS outcome,
  nullIf(resource_id, '') AS resource
FROM whodid.v_spans AS s
WHERE s.received_at > fromUnixTimestamp64Nano({after:Int64})
ORDER BY s.received_at
LIMIT {limit:UInt32} WITH TIES`
