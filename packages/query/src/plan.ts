import { formatInstant } from '@whodid/model'
import type { Statement } from '@whodid/store'
import type { Question } from './question.ts'

/** The bounds of what `DateTime64(9)` holds: a question that names no time concerns all of it. */
const earliest = '1900-01-01 00:00:00'
const latest = '2262-04-11 00:00:00'

/**
 * The one statement that answers a question: the view `whodid.who_did_when`, its parameters typed and apart.
 *
 * `at` and `to` both bound the action's time from above; the earlier one holds.
 */
export function planWhoDid(question: Question, tenant: string): Statement {
  return {
    sql: whoDidSql,
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

const whoDidSql = `
SELECT *
FROM whodid.who_did_when(
  kind = {kind:String}, id = {id:String}, since = {since:String}, until = {until:String}, verb = {verb:String})`

function toDateTime64Or(otherwise: string, a: bigint | null, b: bigint | null): string {
  const bounds = [a, b].filter((bound) => bound !== null)
  if (bounds.length === 0) return otherwise
  return toDateTime64(bounds.reduce((earlier, bound) => (bound < earlier ? bound : earlier)))
}

function toDateTime64(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
