import type { DelegatedAgent, QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { nameOrNull, toInstant } from '../../text.ts'
import type { Decision } from '../../who-did/decide/decide.ts'
import { judgeActs } from '../judge-listed/judge-acts.ts'

/** An agent as the records claim it. */
export interface AgentRow {
  readonly template: string
  readonly instance: string
  /** `<trace>-<span>` of its newest act. */
  readonly newest: string
  readonly acts: string
  readonly first: string
  readonly last: string
}

/**
 * Names agents as the answers about their newest acts do. Those that none of these names become one entry without names.
 * Throws the errors of `Selector.select`.
 */
export async function judgeAgents(
  selector: Selector,
  tenant: string,
  { rows, recorded }: { readonly rows: readonly AgentRow[]; readonly recorded: string },
): Promise<{ readonly entries: DelegatedAgent[]; readonly cost: QuestionCost | undefined }> {
  const keys = rows.map(({ newest }) => newest)
  const { judge, cost } = await judgeActs(selector, tenant, { keys, recorded })
  const entries = new Map<string, DelegatedAgent>()
  for (const row of rows) {
    const names = namesOf(row, judge(row.newest)?.decision)
    const key = JSON.stringify(names)
    const before = entries.get(key)
    const [first, last] = [toInstant(row.first), toInstant(row.last)]
    entries.set(key, {
      ...names,
      acts: Number(row.acts) + (before?.acts ?? 0),
      first_at: before !== undefined && before.first_at < first ? before.first_at : first,
      last_at: before !== undefined && before.last_at > last ? before.last_at : last,
    })
  }
  return { entries: [...entries.values()], cost }
}

/**
 * Returns the names that an agent's records claim and the decision about its newest act confirms. An instance is of one
 * template, so the decision also supplies the template of a confirmed one.
 */
function namesOf(
  row: AgentRow,
  decision: Decision | undefined,
): Pick<DelegatedAgent, 'template' | 'instance'> {
  if (decision?.verdict !== 'agent') return { template: null, instance: null }
  const isInstance = row.instance !== '' && row.instance === decision.instance
  const isTemplate = row.template === decision.template
  return {
    template: isInstance || isTemplate ? nameOrNull(decision.template) : null,
    instance: isInstance ? nameOrNull(row.instance) : null,
  }
}
