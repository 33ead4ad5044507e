import { outcomes } from '@whodid/model'
import type { ActsOfDelegator, DelegatorAnswer, ListedAction } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { nameOrNull, toInstant } from '../../text.ts'
import { timeBoundParameters } from '../../time-bounds.ts'
import { askStatement, sumCosts } from '../ask-statement.ts'
import { judgeListed } from '../judge-listed/judge-listed.ts'
import { toListedAction } from '../judge-listed/listed-action.ts'
import type { ActionRow } from '../judge-listed/listed-action.ts'
import { takePage } from '../page.ts'
import { judgeAgents } from './judge-agents.ts'
import type { AgentRow } from './judge-agents.ts'
import { planDelegator } from './question.ts'
import type { DelegatorQuestion } from './question.ts'

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

interface DelegatorRow {
  readonly totals: { readonly direct: TotalRow; readonly delegated: TotalRow }
  readonly agents: readonly AgentRow[]
  readonly latest_direct: readonly ActionRow[]
  readonly latest_delegated: readonly ActionRow[]
}

/**
 * Describes a delegator's own acts and those done for it, within the time asked about. Counts use each record's own claims,
 * and count an intent and its outcome once; the newest acts are judged as answers are, and so are the names of the agents, by
 * the newest act of each. A human's act is direct, even when it names others. Throws the errors of `Selector.select`.
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
  const agents = await judgeAgents(selector, tenant, {
    rows: row.agents,
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
      agents: agents.entries,
      agents_total: Number(row.totals.delegated.agents) - row.agents.length + agents.entries.length,
    },
    cost: sumCosts([cost, judged.cost, agents.cost].filter((one) => one !== undefined)),
  }
}

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
