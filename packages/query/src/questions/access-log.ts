import { printableLine } from '@whodid/model'
import type { RecordedRead } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { parsePageLimit } from './parse-parameters.ts'
import { accessLogSql } from './sql.ts'

/** The most reads in one list. */
export const accessLogMax = 1000

/** The default number of reads listed. */
const accessLogDefault = 100

/** The longest question text listed, in UTF-16 units; the ledger holds the whole text. */
const questionLengthMax = 2000

/**
 * Returns the number of reads to list. Throws `invalid_parameter` unless it is absent or a whole number from 1 to {@link
 * readsMax}.
 */
export function parseAccessLogLimit(text: string | undefined): number {
  return parsePageLimit(text, { default: accessLogDefault, max: accessLogMax })
}

/** Returns the tenant's newest recorded reads, newest first, at most `limit`. Every text has been through `printableLine`. */
export async function listAccessLog(
  selector: Selector,
  tenant: string,
  limit: number,
): Promise<RecordedRead[]> {
  const { rows } = await selector.select<RecordedRead>({
    sql: accessLogSql,
    parameters: { reads_of: tenant, limit: Math.min(limit, accessLogMax) },
    tenant,
  })
  return rows.map((row) => ({
    ...row,
    reader: printableLine(row.reader),
    question: printableLine(row.question, questionLengthMax),
    case_id: row.case_id === null ? null : printableLine(row.case_id),
    user_agent: row.user_agent === null ? null : printableLine(row.user_agent),
  }))
}
