import type { QuestionCost } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'

/** Sends one statement of a question. Throws the errors of `Selector.select`. */
export async function askStatement<Row>(
  selector: Selector,
  statement: Statement,
): Promise<{ readonly rows: readonly Row[]; readonly cost: QuestionCost }> {
  const startedMs = performance.now()
  const { rows, rowsRead, bytesRead } = await selector.select<Row>(statement)
  const elapsedMs = Math.round((performance.now() - startedMs) * 100) / 100
  const cost = { statements: 1, rows_read: rowsRead, bytes_read: bytesRead, elapsed_ms: elapsedMs }
  return { rows, cost }
}

/** Returns the total cost of several statements. */
export function sumCosts(costs: readonly QuestionCost[]): QuestionCost {
  return costs.reduce((sum, cost) => ({
    statements: sum.statements + cost.statements,
    rows_read: sum.rows_read + cost.rows_read,
    bytes_read: sum.bytes_read + cost.bytes_read,
    elapsed_ms: Math.round((sum.elapsed_ms + cost.elapsed_ms) * 100) / 100,
  }))
}
