import type { ContentReader } from '@whodid/content'
import type { WhoDidAnswer } from '@whodid/model'
import type { LogTrees, Selector } from '@whodid/store'
import { decide } from './decide.ts'
import { readEvidence } from './evidence/evidence.ts'
import type { Evidence, EvidenceRow } from './evidence/evidence.ts'
import { sealAnswer } from './seal-answer.ts'
import type { SealGround } from './seal-answer.ts'
import { openTexts } from './open-texts.ts'
import { planWhoDid } from './plan.ts'
import type { Question } from './question.ts'
import { shapeAnswer } from './shape-answer.ts'

/** What an answer is made from. */
export interface WhoDidSources {
  readonly selector: Selector
  /** Opens the texts that the answer quotes. */
  readonly contents: ContentReader
  /** The trees that rows are held against; without them every answer is `pending`. */
  readonly trees?: LogTrees | undefined
  /** Who watches over the ledger; without it nothing is more than `local`, and no check is told of. */
  readonly watch?: SealGround['watch']
}

/**
 * Answers "who did this?": question → plan → one SQL statement → evidence → texts → decision → answer → proof.
 *
 * The statement gathers plain rows; what they come to is decided here, by pure functions. Nothing found is an answer
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
  /** The rows of the statement, as they came. */
  readonly rows: readonly EvidenceRow[]
  /** The same, read and with its texts. */
  readonly evidence: Evidence
}

/** As {@link whoDid}, with the evidence: for whoever hands it over. */
export async function whoDidOnEvidence(
  { selector, contents, trees, watch }: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<EvidencedAnswer> {
  const startedMs = performance.now()
  const selection = await selector.select<EvidenceRow>(planWhoDid(question, tenant))
  const evidence = await openTexts(readEvidence(selection.rows), tenant, contents)
  const answer = shapeAnswer(question, decide(evidence), {
    statements: 1,
    rows_read: selection.rowsRead,
    bytes_read: selection.bytesRead,
    elapsed_ms: 0,
  })
  const sealed = await sealAnswer(question, answer, { evidence, trees, watch })
  const elapsedMs = Math.round((performance.now() - startedMs) * 100) / 100
  const told = { ...sealed, cost: { ...sealed.cost, elapsed_ms: elapsedMs } }
  return { answer: told, rows: selection.rows, evidence }
}
