import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { decide } from './decide.ts'
import { readEvidence } from './evidence/evidence.ts'
import type { EvidenceRow } from './evidence/evidence.ts'
import { planWhoDid } from './plan.ts'
import type { Question } from './question.ts'
import { shapeAnswer } from './shape-answer.ts'

/**
 * Answers "who did this?": question → plan → one SQL statement → evidence → decision → answer.
 *
 * The statement gathers plain rows; what they come to is decided here, by pure functions. Nothing found is an answer
 * too: `undetermined`, with the reason `no_record`.
 *
 * Throws what `Selector.select` throws. Does NOT record the read, and does NOT check who asks: the caller does both.
 */
export async function whoDid(
  selector: Selector,
  tenant: string,
  question: Question,
): Promise<WhoDidAnswer> {
  const startedMs = performance.now()
  const selection = await selector.select<EvidenceRow>(planWhoDid(question, tenant))
  const decision = decide(readEvidence(selection.rows))
  return shapeAnswer(question, decision, {
    statements: 1,
    rows_read: selection.rowsRead,
    bytes_read: selection.bytesRead,
    elapsed_ms: Math.round((performance.now() - startedMs) * 100) / 100,
  })
}
