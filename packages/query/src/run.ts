import type { ContentReader } from '@whodid/content'
import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { decide } from './decide.ts'
import { readEvidence } from './evidence/evidence.ts'
import type { EvidenceRow } from './evidence/evidence.ts'
import { openTexts } from './open-texts.ts'
import { planWhoDid } from './plan.ts'
import type { Question } from './question.ts'
import { shapeAnswer } from './shape-answer.ts'

/** What an answer is made from. */
export interface WhoDidSources {
  readonly selector: Selector
  /** Opens the texts that the answer quotes. */
  readonly contents: ContentReader
}

/**
 * Answers "who did this?": question → plan → one SQL statement → evidence → texts → decision → answer.
 *
 * The statement gathers plain rows; what they come to is decided here, by pure functions. Nothing found is an answer
 * too: `undetermined`, with the reason `no_record`.
 *
 * Throws what `Selector.select` throws. Does NOT record the read, and does NOT check who asks: the caller does both.
 */
export async function whoDid(
  { selector, contents }: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<WhoDidAnswer> {
  const startedMs = performance.now()
  const selection = await selector.select<EvidenceRow>(planWhoDid(question, tenant))
  const evidence = await openTexts(readEvidence(selection.rows), tenant, contents)
  const decision = decide(evidence)
  return shapeAnswer(question, decision, {
    statements: 1,
    rows_read: selection.rowsRead,
    bytes_read: selection.bytesRead,
    elapsed_ms: Math.round((performance.now() - startedMs) * 100) / 100,
  })
}
