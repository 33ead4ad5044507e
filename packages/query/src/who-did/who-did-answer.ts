import type { WhoDidAnswer } from '@whodid/model'
import { addImported } from './answer/add-imported.ts'
import { askNames } from '../people/ask-names.ts'
import type { Question } from './question.ts'
import { whoDidOnEvidence } from './who-did.ts'
import type { WhoDidSources } from './who-did-sources.ts'

/**
 * Answers "who did this?": question → acts → evidence → texts → what is missing → decision → answer → proof.
 *
 * A few statements gather plain rows; pure functions here decide the result. An empty result is an answer too:
 * `undetermined`, with the reason `no_record`. Every record that the answer quotes is verified against the tree of its
 * log, on this machine's disk.
 *
 * Where there is no act, it tells what imported logs say of the resource. A question about a person is asked under each of their names
 * that the ledger lists. Throws the errors of `Selector.select`. Does NOT record the read, and does NOT check who asks: the caller does
 * both.
 */
export async function whoDid(
  sources: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<WhoDidAnswer> {
  const now = BigInt(Date.now()) * 1_000_000n
  const where = { selector: sources.selector, tenant, nowUnixNs: now }
  const ask = async (asked: Question): Promise<WhoDidAnswer> => {
    const { answer } = await whoDidOnEvidence(sources, tenant, asked)
    return addImported(asked, answer, where)
  }
  if (sources.people === undefined) return ask(question)
  const { people, statements } = await sources.people.of(tenant, question.asRecorded)
  const answer = await askNames(question, people, { ask, now })
  return { ...answer, cost: { ...answer.cost, statements: answer.cost.statements + statements } }
}
