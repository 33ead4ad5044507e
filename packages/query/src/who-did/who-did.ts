import type { ContentReader } from '@whodid/content'
import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { PeopleBook } from '../people/people-book.ts'
import { attachIntegrity } from './answer/attach-integrity.ts'
import type { IntegrityDeps } from './answer/attach-integrity.ts'
import { attachRevocation } from './answer/attach-revocation.ts'
import type { RevocationLookup } from './answer/attach-revocation.ts'
import { shapeAnswer } from './answer/shape-answer.ts'
import { decide } from './decide/decide.ts'
import type { DecisionRules, Evidence, EvidenceRow } from './evidence/evidence.ts'
import { gatherEvidence } from './evidence/gather-evidence.ts'
import { gatherMore } from './evidence/gather-more.ts'
import type { Question } from './question.ts'

/** The sources of an answer. */
export interface WhoDidSources {
  readonly selector: Selector
  /** Opens the texts that the answer quotes. */
  readonly contents: ContentReader
  /** The trees that rows are verified against; without them every answer is `pending`. */
  readonly trees?: IntegrityDeps['trees']
  /** The monitor of the ledger; without it the assurance is at most `local`, and no self-check is reported. */
  readonly watch?: IntegrityDeps['watch']
  /** The people of the tenant; without it no name leads to another. */
  readonly people?: PeopleBook
  /** The revocations of agents; without them no answer speaks of one. */
  readonly revocations?: RevocationLookup | undefined
  /** The operator's rules for decisions. */
  readonly rules?: DecisionRules | undefined
}

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
  const first = await gatherEvidence(sources, question)
  const { rows, evidence, cost } = await gatherMore(sources, question, first)
  const decided = shapeAnswer(question, decide(evidence), {
    statements: cost.statements,
    rows_read: cost.rowsRead,
    bytes_read: cost.bytesRead,
    elapsed_ms: 0,
  })
  const answer = attachRevocation(question, decided, { evidence, tenant, revocations })
  const sealed = await attachIntegrity(question, answer, { evidence, trees, watch })
  const elapsedMs = Math.round((performance.now() - startedMs) * 100) / 100
  const reported = { ...sealed, cost: { ...sealed.cost, elapsed_ms: elapsedMs } }
  return { answer: reported, rows, evidence }
}
