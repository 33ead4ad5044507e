import { printableLine } from '@whodid/model'
import type { FindAnswer, QuestionCost } from '@whodid/model'
import { sumCosts } from '../questions/ask-statement.ts'
import { adviceFor, describeClue } from './describe-clue.ts'
import { nearSpelling } from './near-spelling.ts'
import type { FindQuestion } from './question.ts'
import { relateResources } from './relate-resources.ts'
import { searchClue } from './search-clue.ts'
import type { FindSources } from './search-clue.ts'
import { leadOfNear, mergeFound, shapeCandidate } from './shape-candidates.ts'

/** Candidates whose related resources are looked for. */
const relatedFor = 10

/**
 * Finds what a vague clue may mean: names through the index, names that begin with it, then the newest records, their attributes and their
 * texts, each within a bound that the answer names. An exact name ends the search before attributes and texts.
 *
 * Nothing found is an answer. Throws the errors of `Selector.select`. Does NOT record the read, and does NOT check who asks.
 */
export async function find(
  { selector, contents }: FindSources,
  tenant: string,
  question: FindQuestion,
): Promise<FindAnswer> {
  const startedMs = performance.now()
  const made = await searchClue({ selector, contents }, tenant, question)
  const { isExact, typed, time } = made
  const all = mergeFound(made.found)
  const shown = all.slice(0, question.limit)
  const [relations, near] = await Promise.all([
    relateResources(selector, tenant, { found: shown.slice(0, relatedFor), time }),
    isExact ? { near: [], costs: [] } : nearSpelling(selector, tenant, { typed, time }),
  ])
  const costs = [...made.costs, ...relations.costs, ...near.costs]
  return {
    ...describeClue(question),
    candidates: shown.map((one) =>
      shapeCandidate(one, question, relations.related.get(one.name) ?? []),
    ),
    more: all.length > shown.length,
    did_you_mean: near.near
      .filter(({ name }) => !all.some((one) => one.name === name))
      .map(({ kind, name }) => ({
        kind,
        name: printableLine(name),
        leads_to: leadOfNear(kind, name),
      })),
    searched: made.searched.map((one) => ({ ...one, text: printableLine(one.text, 400) })),
    advice: adviceFor(all.length > 0, made.searched),
    cost: {
      ...totalOf(costs),
      elapsed_ms: Math.round((performance.now() - startedMs) * 100) / 100,
    },
  }
}

function totalOf(costs: readonly QuestionCost[]): QuestionCost {
  return costs.length === 0
    ? { statements: 0, rows_read: 0, bytes_read: 0, elapsed_ms: 0 }
    : sumCosts(costs)
}
