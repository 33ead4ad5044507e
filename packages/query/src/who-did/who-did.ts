import type { WhoDidAnswer } from '@whodid/model'
import { attachIntegrity } from './answer/attach-integrity.ts'
import { attachRevocation } from './answer/attach-revocation.ts'
import { attachSeal } from './answer/attach-seal.ts'
import { shapeAnswer } from './answer/shape-answer.ts'
import { decide } from './decide/decide.ts'
import type { Evidence, EvidenceRow } from './evidence/evidence.ts'
import { gatherAll } from './evidence/gather-more.ts'
import type { Question } from './question.ts'
import type { WhoDidSources } from './who-did-sources.ts'

/** An answer, and the evidence it was decided from. */
export interface EvidencedAnswer {
  readonly answer: WhoDidAnswer
  /** The rows of the statements, unchanged. */
  readonly rows: readonly EvidenceRow[]
  /** The same rows, parsed and with their texts. */
  readonly evidence: Evidence
}

/** As `whoDid`, with the evidence and without imported logs, for callers that hand it over. */
export async function whoDidOnEvidence(
  { selector, contents, trees, watch, rules, revocations }: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<EvidencedAnswer> {
  const startedMs = performance.now()
  const sources = { selector, contents, tenant, rules }
  const { rows, evidence, cost } = await gatherAll(sources, question)
  const decided = shapeAnswer(question, decide(evidence), {
    statements: cost.statements,
    rows_read: cost.rowsRead,
    bytes_read: cost.bytesRead,
    elapsed_ms: 0,
  })
  const answer = await attachRevocation(question, decided, {
    evidence,
    tenant,
    selector,
    revocations,
  })
  const checked = await attachSeal(question, answer, { evidence, tenant, selector })
  const sealed = await attachIntegrity(question, checked, { evidence, trees, watch })
  const elapsedMs = Math.round((performance.now() - startedMs) * 100) / 100
  const reported = { ...sealed, cost: { ...sealed.cost, elapsed_ms: elapsedMs } }
  return { answer: reported, rows, evidence }
}
