import { actionColumns, notEnded, withinTimeBounds } from '../sql.ts'

/** The most agents listed for one delegator. */
const agentsMax = 100

const isDirect = "(row.actor_type = 'human' OR row.delegator_id = '')"
const isDelegated = "(row.actor_type != 'human' AND row.delegator_id != '')"
const ofPrincipal = `row.principal_id = {id:String} AND ${withinTimeBounds}`

const totals = (which: string): string => `
      (
        uniqExactIf(record, ${which}), uniqExactIf(record, ${which} AND row.channel = 'unentitled'),
        sumMapIf(map(concat(row.outcome, ' ', row.verb), toUInt64(1)), ${which}),
        uniqExactIf(cityHash64(row.resource_id), ${which} AND row.resource_id != ''),
        minIf(row.ts, ${which}), maxIf(row.ts, ${which}),
        uniqExactIf(cityHash64(row.template_id, row.instance_id), ${which} AND row.channel != 'unentitled')
      )`

const totalType =
  "Tuple(acts UInt64, contradicted UInt64, verbs Map(String, UInt64), resources UInt64, first DateTime64(9, \\'UTC\\'), last DateTime64(9, \\'UTC\\'), agents UInt64)"

const latest = (which: string): string => `
  (
    SELECT groupArray(CAST(
      (trace, span, ts, end_ts, received_at, action_id, record_kind, verb, outcome, tool_name, resource_id, resource_type, verdict, grade, template_id, instance_id, instance_rule, user_id, service_name, delegator_id, delegator_type, correlation_id, credential_id),
      'Tuple(trace String, span String, ts DateTime64(9, \\'UTC\\'), end_ts DateTime64(9, \\'UTC\\'), received_at DateTime64(9, \\'UTC\\'), action_id String, record_kind String, verb String, outcome String, tool_name String, resource_id String, resource_type String, verdict String, grade String, template_id String, instance_id String, instance_rule String, user_id String, service_name String, delegator_id String, delegator_type String, correlation_id String, credential_id String)'
    ))
    FROM
    (
      SELECT ${actionColumns}
      FROM whodid.actions AS row
      WHERE ${ofPrincipal} AND ${which} AND ${notEnded('whodid.actions', ofPrincipal)}
      ORDER BY row.ts DESC, row.trace_id DESC, row.span_id DESC, row.received_at
      LIMIT {rows:UInt32}
    )
  )`

/** The one statement: both totals, the agents, and the newest acts of each kind. Parameters: `id`, `rows`, the time bounds. */
export const delegatorSql: string = `
SELECT
  (
    SELECT CAST((${totals(isDirect)}, ${totals(isDelegated)}), 'Tuple(direct ${totalType}, delegated ${totalType})')
    FROM (SELECT *, cityHash64(row.trace_id, row.span_id) AS record FROM whodid.actions AS row WHERE ${ofPrincipal} AND ${notEnded('whodid.actions', ofPrincipal)}) AS row
  ) AS totals,
  (
    SELECT groupArray(CAST((template, instance, newest, acts, first, last), 'Tuple(template String, instance String, newest String, acts UInt64, first DateTime64(9, \\'UTC\\'), last DateTime64(9, \\'UTC\\'))'))
    FROM
    (
      SELECT
        row.template_id AS template, row.instance_id AS instance, uniqExact(cityHash64(row.trace_id, row.span_id)) AS acts,
        argMax(lower(concat(hex(row.trace_id), '-', hex(row.span_id))), (row.ts, row.span_id)) AS newest, min(row.ts) AS first, max(row.ts) AS last
      FROM whodid.actions AS row
      WHERE ${ofPrincipal} AND ${isDelegated} AND row.channel != 'unentitled' AND ${notEnded('whodid.actions', ofPrincipal)}
      GROUP BY template, instance
      ORDER BY last DESC, instance
      LIMIT ${agentsMax}
    )
  ) AS agents,
  ${latest(isDirect)} AS latest_direct,
  ${latest(isDelegated)} AS latest_delegated`
