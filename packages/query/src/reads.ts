import { printableLine } from '@whodid/model'
import type { RecordedRead } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { parsePageLimit } from './questions/page-limit.ts'

/** Most reads in one list. */
export const readsMax = 1000

/** Reads listed when nobody says how many. */
const readsDefault = 100

/** Longest question text listed, in UTF-16 units; the ledger holds the whole of it. */
const questionLengthMax = 2000

/** How many reads to list. Throws `invalid_parameter` unless it is absent or a whole number from 1 to {@link readsMax}. */
export function parseReadsLimit(text: string | undefined): number {
  return parsePageLimit(text, { default: readsDefault, max: readsMax })
}

/** The tenant's newest recorded reads, newest first, at most `limit` of them. Every text has been through `printableLine`. */
export async function listReads(
  selector: Selector,
  tenant: string,
  limit: number,
): Promise<RecordedRead[]> {
  const { rows } = await selector.select<RecordedRead>({
    sql: readsSql,
    parameters: { reads_of: tenant, limit: Math.min(limit, readsMax) },
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

const readsSql = `
SELECT
  concat(replaceOne(toString(r.read_at), ' ', 'T'), 'Z') AS read_at,
  request_id, reader, role, route, question,
  nullIf(case_id, '') AS case_id,
  nullIf(remote_address, '') AS remote_address,
  nullIf(user_agent, '') AS user_agent
FROM whodid.reads AS r
WHERE r.tenant = {reads_of:String}
ORDER BY r.read_at DESC
LIMIT {limit:UInt32}`
