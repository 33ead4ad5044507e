import type { AuthorityAnswer, Registration } from '@whodid/model'
import { sumCosts } from '../questions/ask-statement.ts'
import { nameOrNull, toInstant } from '../text.ts'
import { gatherAuthority } from './gather-authority.ts'
import type { GatheringSources } from './gather-authority.ts'
import { judgeAuthority } from './judge-authority.ts'
import { proveRecords } from './prove-records.ts'
import type { ProofDeps } from './prove-records.ts'
import type { AuthorityQuestion } from './question.ts'
import { gradeOfBacking } from './read-facts.ts'
import type { InstanceFacts } from './read-facts.ts'
import { listsOf } from './authority-lists.ts'
import type { AuthorityLists } from './authority-lists.ts'
import { summarizeAuthority } from './word-authority.ts'

/** The sources of an answer on authority. */
export type AuthoritySources = GatheringSources & Pick<ProofDeps, 'trees' | 'watch'>

/**
 * Answers what an instance was allowed at an instant, and why. Only what the ledger had received by then counts. Throws the errors of
 * `Selector.select`.
 */
export async function describeAuthority(
  sources: AuthoritySources,
  tenant: string,
  question: AuthorityQuestion,
): Promise<AuthorityAnswer> {
  const gathered = await gatherAuthority(sources, tenant, question)
  const { facts, registry, stops } = gathered
  const { instance, at } = question
  const lists = listsOf(facts, at)
  const refs = refsOf(registry.registration, stops, lists)
  const { integrity, ...proven } = await proveRecords({ ...sources, tenant }, refs, at)
  const answer = {
    ...judgeAuthority(question, { ...gathered, integrity }),
    ...lists,
    instance: aboutInstance(instance, facts),
    registration: registry.registration,
    stops,
    integrity,
    cost: sumCosts([...gathered.costs, proofCost(proven)]),
  }
  return { ...answer, summary: summarizeAuthority(answer) }
}

function aboutInstance(instance: string, facts: InstanceFacts): AuthorityAnswer['instance'] {
  if (facts.records === 0) return null
  return {
    id: nameOrNull(instance) ?? '',
    parent_id: facts.parents.length === 1 ? nameOrNull(facts.parents[0] ?? '') : null,
    received_at: toInstant(facts.first),
    grade: gradeOfBacking[facts.backing] ?? 'none',
  }
}

/** The records that an answer quotes, each once: the registration's first. */
function refsOf(
  registration: Registration | null,
  stops: AuthorityAnswer['stops'],
  { delegations, approvals, credentials }: AuthorityLists,
): readonly string[] {
  const spans = [...delegations, ...approvals, ...credentials].map(({ span }) => span)
  const records = registration === null ? [] : [registration.record]
  return [...new Set([...records, ...stops.map(({ record }) => record), ...spans])]
}

function proofCost({
  statements,
  rowsRead,
  bytesRead,
}: Pick<Awaited<ReturnType<typeof proveRecords>>, 'statements' | 'rowsRead' | 'bytesRead'>) {
  return { statements, rows_read: rowsRead, bytes_read: bytesRead, elapsed_ms: 0 }
}
