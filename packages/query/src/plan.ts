import { formatInstant, parseSpanRef } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { Statement } from '@whodid/store'
import type { ListedAction } from './evidence/evidence-record.ts'
import { findActsStatement } from './evidence/find-acts.ts'
import { gatherKinStatement } from './evidence/gather-kin.ts'
import type { Question } from './question.ts'

/** The bounds of what `DateTime64(9)` holds: a question that names no time concerns all of it. */
const earliest = '1900-01-01 00:00:00'
const latest = '2262-04-11 00:00:00'

const statements = new Map<HandleKind, string>()

/**
 * The statement that finds the acts on the handle of a question, its parameters typed and apart.
 *
 * `at` and `to` both bound the action's time from above; the earlier one holds. `as_recorded` bounds the time of receipt.
 */
export function planFindActs(question: Question, tenant: string): Statement {
  const { kind, value } = question.handle
  let sql = statements.get(kind)
  if (sql === undefined) statements.set(kind, (sql = findActsStatement(kind)))
  return {
    sql,
    parameters: {
      ...handleParameters(kind, value),
      since: question.from === null ? earliest : toDateTime64(question.from),
      until: toDateTime64Or(latest, question.at, question.to),
      recorded: toDateTime64Or(latest, question.asRecorded, null),
      verb: question.verb ?? '',
    },
    tenant,
  }
}

const gatherKin = gatherKinStatement()

/** The statement that gathers what surrounds one act, as far as the ledger had received it by `as_recorded`. */
export function planGatherKin(
  { asRecorded }: Question,
  { key, ts }: Pick<ListedAction, 'key' | 'ts'>,
  tenant: string,
): Statement {
  return {
    sql: gatherKin,
    parameters: {
      trace: key.slice(0, 32),
      span: key.slice(33),
      happened: ts,
      recorded: toDateTime64Or(latest, asRecorded, null),
    },
    tenant,
  }
}

function handleParameters(kind: HandleKind, value: string): Record<string, string> {
  if (kind === 'trace') return { trace: value }
  if (kind !== 'span') return { id: value }
  const ref = parseSpanRef(value)
  return { trace: ref?.trace ?? '', span: ref?.span ?? '' }
}

function toDateTime64Or(otherwise: string, a: bigint | null, b: bigint | null): string {
  const bounds = [a, b].filter((bound) => bound !== null)
  if (bounds.length === 0) return otherwise
  return toDateTime64(bounds.reduce((earlier, bound) => (bound < earlier ? bound : earlier)))
}

function toDateTime64(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
