import { formatInstant } from '@whodid/model'
import { readViewStatement } from '@whodid/store'
import type { Statement } from '@whodid/store'
import type { Question } from './question.ts'

/** The bounds of what `DateTime64(9)` holds: a question that names no time concerns all of it. */
const earliest = '1900-01-01 00:00:00'
const latest = '2262-04-11 00:00:00'

/** Read once: a running service keeps the statement of the schema it was built with. */
let whoDidSql: Promise<string> | undefined

/**
 * The one statement that answers a question: the text of the view `whodid.who_did_when`, its parameters typed and apart.
 *
 * `at` and `to` both bound the action's time from above; the earlier one holds.
 */
export async function planWhoDid(question: Question, tenant: string): Promise<Statement> {
  whoDidSql ??= readViewStatement('who_did_when')
  return {
    sql: await whoDidSql,
    parameters: {
      kind: question.handle.kind,
      id: question.handle.value,
      since: question.from === null ? earliest : toDateTime64(question.from),
      until: toDateTime64Or(latest, question.at, question.to),
      verb: question.verb ?? '',
    },
    tenant,
  }
}

function toDateTime64Or(otherwise: string, a: bigint | null, b: bigint | null): string {
  const bounds = [a, b].filter((bound) => bound !== null)
  if (bounds.length === 0) return otherwise
  return toDateTime64(bounds.reduce((earlier, bound) => (bound < earlier ? bound : earlier)))
}

function toDateTime64(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
