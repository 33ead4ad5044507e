import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WhodidError } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { Evidence } from './evidence.ts'
import { readFormsOfSpans } from './read-forms.ts'
import { decisionCodeId } from './verify-guide.ts'

/** Puts on record that evidence of a digest is handed out; resolves with the record, `<trace>-<span>`, once it is durable. */
export type StateEvidence = (sha256: string) => Promise<string>

/**
 * Records the input of a decision in the ledger and waits until ClickHouse has that record; resolves with its canonical form. Throws
 * `not_sealed` when it does not come within ten seconds.
 */
export async function stateEvidence(
  evidence: Pick<Evidence, 'answer' | 'index'>,
  state: StateEvidence,
  { selector, tenant }: { readonly selector: Selector; readonly tenant: string },
): Promise<Buffer> {
  const sha256 = createHash('sha256').update(evidenceJson(evidence)).digest('hex')
  return findStatement(selector, tenant, await state(sha256))
}

/** Milliseconds between two looks for a record that is on its way into ClickHouse, and how many there are. */
const storeWaitMs = 100
const storeWaitsMax = 100

async function findStatement(selector: Selector, tenant: string, span: string): Promise<Buffer> {
  for (let waits = 0; waits < storeWaitsMax; waits += 1) {
    const [form] = await readFormsOfSpans(selector, tenant, [span])
    if (form !== undefined) return form
    await sleep(storeWaitMs)
  }
  throw new WhodidError(
    'not_sealed',
    `the record of the export, ${span}, expected to be in ClickHouse; it is still on its way`,
  )
}

/** The answer as a package holds it. */
export function answerJson(answer: WhoDidAnswer): string {
  return `${JSON.stringify(answer, null, 2)}\n`
}

/** Returns the input of the decision, a row a line, with the name of the code that decided and the digest of the answer. */
export function evidenceJson({ answer, index }: Pick<Evidence, 'answer' | 'index'>): string {
  const { question, rows, texts } = index
  const sha256 = createHash('sha256').update(answerJson(answer)).digest('hex')
  return `{"decided_with":${JSON.stringify(decisionCodeId())},
"answer_sha256":${JSON.stringify(sha256)},
"question":${JSON.stringify(question)},
"rows":${listed(rows)},
"texts":${listed(texts)}}
`
}

function listed(values: readonly unknown[]): string {
  return `[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`
}
