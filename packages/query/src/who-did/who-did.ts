import type { ContentReader } from '@whodid/content'
import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { attachIntegrity } from './answer/attach-integrity.ts'
import type { IntegrityDeps } from './answer/attach-integrity.ts'
import { shapeAnswer } from './answer/shape-answer.ts'
import { decide } from './decide/decide.ts'
import type { DecisionRules, Evidence, EvidenceRow } from './evidence/evidence.ts'
import { gatherEvidence } from './evidence/gather-evidence.ts'
import { gatherMore } from './evidence/gather-more.ts'
import type { Question } from './question.ts'

/** What an answer is made from. */
export interface WhoDidSources {
  readonly selector: Selector
  /** Opens the texts that the answer quotes. */
  readonly contents: ContentReader
  /** The trees that rows are held against; without them every answer is `pending`. */
  readonly trees?: IntegrityDeps['trees']
  /** Who watches over the ledger; without it nothing is more than `local`, and no check is told of. */
  readonly watch?: IntegrityDeps['watch']
  /** What the operator decided about how answers are made. */
  readonly rules?: DecisionRules | undefined
}

/**
 * Answers "who did this?": question → acts → evidence → texts → what is missing → decision → answer → proof.
 *
 * A few statements gather plain rows; what they come to is decided here, by pure functions. Nothing found is an answer
 * too: `undetermined`, with the reason `no_record`. Every record that the answer quotes is held against the tree of its log, on
 * this machine's disk.
 *
 * Throws what `Selector.select` throws. Does NOT record the read, and does NOT check who asks: the caller does both.
 */
export async function whoDid(
  sources: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<WhoDidAnswer> {
  return (await whoDidOnEvidence(sources, tenant, question)).answer
}

/** An answer, and what it was decided from. */
export interface EvidencedAnswer {
  readonly answer: WhoDidAnswer
  /** The rows of the statements, as they came. */
  readonly rows: readonly EvidenceRow[]
  /** The same, read and with its texts. */
  readonly evidence: Evidence
}

/** As {@link whoDid}, with the evidence: for whoever hands it over. */
export async function whoDidOnEvidence(
  { selector, contents, trees, watch, rules }: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<EvidencedAnswer> {
  const startedMs = performance.now()
  const sources = { selector, contents, tenant, rules }
  const first = await gatherEvidence(sources, question)
  const { rows, evidence, cost } = await gatherMore(sources, question, first)
  const answer = shapeAnswer(question, decide(evidence), {
    statements: cost.statements,
    rows_read: cost.rowsRead,
    bytes_read: cost.bytesRead,
    elapsed_ms: 0,
  })
  const sealed = await attachIntegrity(question, answer, { evidence, trees, watch })
  const elapsedMs = Math.round((performance.now() - startedMs) * 100) / 100
  const reported = { ...sealed, cost: { ...sealed.cost, elapsed_ms: elapsedMs } }
  return { answer: reported, rows, evidence }
}
