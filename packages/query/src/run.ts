import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { planWhoDid } from './plan.ts'
import type { Question } from './question.ts'
import { shapeAnswer } from './shape-answer.ts'
import type { WhoDidRow } from './who-did-row.ts'

/**
 * Answers "who did this?": question → plan → one SQL statement → answer.
 *
 * The verdict, its grade, the instance and the delegator are the view's; this side finds the words, the chain's order
 * and what is missing. Nothing found is an answer too: `undetermined`, with the reason `no_record`.
 *
 * Throws what `Selector.select` throws. Does NOT record the read, and does NOT check who asks: the caller does both.
 */
export async function whoDid(
  selector: Selector,
  tenant: string,
  question: Question,
): Promise<WhoDidAnswer> {
  const startedMs = performance.now()
  const selection = await selector.select<WhoDidRow>(await planWhoDid(question, tenant))
  const [row] = selection.rows
  if (row === undefined) throw new Error('the statement gave no row, and it always gives one')
  return shapeAnswer(question, row, {
    statements: 1,
    rows_read: selection.rowsRead,
    bytes_read: selection.bytesRead,
    elapsed_ms: Math.round((performance.now() - startedMs) * 100) / 100,
  })
}
