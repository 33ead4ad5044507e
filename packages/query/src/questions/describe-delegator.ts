import { outcomes } from '@whodid/model'
import type { ActsOfDelegator, DelegatedAgent, DelegatorAnswer, ListedAction } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { nameOrNull, toInstant } from '../text.ts'
import { askStatement, sumCosts } from './ask-statement.ts'
import type { DelegatorQuestion } from './delegator-question.ts'
import { judgeListed } from './judge-listed.ts'
import { actionColumns, toListedAction } from './listed-action.ts'
import type { ActionRow } from './listed-action.ts'
import { notEnded } from './not-ended.ts'
import { rowsOfPage, takePage } from './page.ts'
import { timeBoundParameters, withinTimeBounds } from './time-bounds.ts'

interface TotalRow {
  readonly acts: string
  readonly contradicted: string
  /** Counts by `<outcome> <verb>`: no outcome has a space. */
  readonly verbs: Readonly<Record<string, string>>
  readonly resources: string
  readonly first: string
  readonly last: string
  readonly agents: string
}

interface AgentRow {
  readonly template: string
  readonly instance: string
  readonly acts: string
  readonly first: string
  readonly last: string
}

interface DelegatorRow {
  readonly totals: { readonly direct: TotalRow; readonly delegated: TotalRow }
  readonly agents: readonly AgentRow[]
  readonly latest_direct: readonly ActionRow[]
  readonly latest_delegated: readonly ActionRow[]
}

/** Agents given of one delegator. */
const agentsMax = 100

/**
 * A delegator's own acts and those done for it, within the time asked about. Counts go by each record's own claims, an
 * intent and its outcome as one; the newest acts are judged as answers are. A human's act is direct whoever else it names. Throws what `Selector.select` throws.
 */
export async function describeDelegator(
  selector: Selector,
  tenant: string,
  question: DelegatorQuestion,
): Promise<DelegatorAnswer> {
  const statement = planDelegator(question, tenant)
  const { rows, cost } = await askStatement<DelegatorRow>(selector, statement)
  const [row] = rows
  if (row === undefined) throw new Error('the statement gave no row, and it always gives one')
  const page = (latest: readonly ActionRow[]): ListedAction[] =>
    takePage(latest, question.limit).records.map(toListedAction)
  const [direct, delegated] = [page(row.latest_direct), page(row.latest_delegated)]
  const judged = await judgeListed(selector, tenant, {
    entries: [...direct, ...delegated],
    handles: { delegator: question.id },
    recorded: timeBoundParameters(question.time).recorded,
  })
  const spans = new Set(direct.map(({ span }) => span))
  const of = (isDirect: boolean): ListedAction[] =>
    judged.entries.filter(({ span }) => spans.has(span) === isDirect)
  return {
    id: nameOrNull(question.id) ?? '',
    direct: toActs(row.totals.direct, of(true)),
    delegated: {
      ...toActs(row.totals.delegated, of(false)),
      agents: row.agents.map(toAgent),
      agents_total: Number(row.totals.delegated.agents),
    },
    cost: judged.cost === undefined ? cost : sumCosts([cost, judged.cost]),
  }
}

/** The one statement: both totals, the agents, and the newest acts of each kind. */
function planDelegator({ id, time, limit }: DelegatorQuestion, tenant: string): Statement {
  const parameters = { ...timeBoundParameters(time), id, rows: rowsOfPage(limit) }
  return { sql: delegatorSql, parameters, tenant }
}

const isDirect = "(row.actor_type = 'human' OR row.delegator_id = '')"
const isDelegated = "(row.actor_type != 'human' AND row.delegator_id != '')"
const ofPrincipal = `row.principal_id = {id:String} AND ${withinTimeBounds}`

const totals = (which: string): string => `
      (
        uniqExactIf(record, ${which}), uniqExactIf(record, ${which} AND row.channel = 'unentitled'),
        sumMapIf(map(concat(row.outcome, ' ', row.verb), toUInt64(1)), ${which}),
        uniqExactIf(cityHash64(row.resource_id), ${which} AND row.resource_id != ''),
        minIf(row.ts, ${which}), maxIf(row.ts, ${which}),
        uniqExactIf(cityHash64(row.template_id, row.instance_id), ${which})
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

const delegatorSql = `
SELECT
  (
    SELECT CAST((${totals(isDirect)}, ${totals(isDelegated)}), 'Tuple(direct ${totalType}, delegated ${totalType})')
    FROM (SELECT *, cityHash64(row.trace_id, row.span_id) AS record FROM whodid.actions AS row WHERE ${ofPrincipal} AND ${notEnded('whodid.actions', ofPrincipal)}) AS row
  ) AS totals,
  (
    SELECT groupArray(CAST((template, instance, acts, first, last), 'Tuple(template String, instance String, acts UInt64, first DateTime64(9, \\'UTC\\'), last DateTime64(9, \\'UTC\\'))'))
    FROM
    (
      SELECT
        row.template_id AS template, row.instance_id AS instance, uniqExact(cityHash64(row.trace_id, row.span_id)) AS acts,
        min(row.ts) AS first, max(row.ts) AS last
      FROM whodid.actions AS row
      WHERE ${ofPrincipal} AND ${isDelegated} AND ${notEnded('whodid.actions', ofPrincipal)}
      GROUP BY template, instance
      ORDER BY last DESC, instance
      LIMIT ${agentsMax}
    )
  ) AS agents,
  ${latest(isDirect)} AS latest_direct,
  ${latest(isDelegated)} AS latest_delegated`

function toActs(total: TotalRow, latestActs: ListedAction[]): ActsOfDelegator {
  const acts = Number(total.acts)
  return {
    acts,
    contradicted_acts: Number(total.contradicted),
    verbs: Object.entries(total.verbs).map(([name, count]) => ({
      verb: nameOrNull(name.slice(name.indexOf(' ') + 1)) ?? '',
      outcome: outcomes.find((outcome) => name.startsWith(`${outcome} `)) ?? null,
      acts: Number(count),
    })),
    resources_total: Number(total.resources),
    first_at: acts === 0 ? null : toInstant(total.first),
    last_at: acts === 0 ? null : toInstant(total.last),
    latest: latestActs,
  }
}

function toAgent(row: AgentRow): DelegatedAgent {
  return {
    template: nameOrNull(row.template),
    instance: nameOrNull(row.instance),
    acts: Number(row.acts),
    first_at: toInstant(row.first),
    last_at: toInstant(row.last),
  }
}
