import type { Reason, WhoDidAnswer } from '@whodid/model'
import { encodeName } from '@whodid/reconcile'
import type { SealedEvent } from '@whodid/reconcile'
import type { Selector } from '@whodid/store'
import { sumCosts, askStatement } from '../../questions/ask-statement.ts'
import { readEvent } from '../../questions/ghosts/read-imported.ts'
import type { ImportRow } from '../../questions/ghosts/read-imported.ts'
import { eventsOnSql } from '../../questions/ghosts/sql.ts'
import { nameOrNone } from '../../text.ts'
import { timeBoundParameters } from '../../time-bounds.ts'
import type { Question } from '../question.ts'

/** Imported events that an answer tells, newest first. */
const eventsMax = 3
/** Days before the time asked about in which imported events are looked for, where the question names no beginning. */
const daysDefault = 30n
const dayNs = 86_400_000_000_000n

/** The place of the question's answer. */
interface AskedWhere {
  readonly selector: Selector
  readonly tenant: string
  readonly nowUnixNs: bigint
}

/**
 * Adds to an answer without an act what the imported logs of other systems say of the resource: reasons, and no verdict. A log names an
 * account; that it was a person's own act, or an agent's under their name, it does not know unless its system states it.
 */
export async function addImported(
  question: Question,
  answer: WhoDidAnswer,
  { selector, tenant, nowUnixNs }: AskedWhere,
): Promise<WhoDidAnswer> {
  if (answer.action !== null || question.handle.kind !== 'resource') return answer
  const to = question.at ?? question.to ?? nowUnixNs
  const from = question.from ?? to - daysDefault * dayNs
  const { rows, cost } = await askStatement<ImportRow>(selector, {
    sql: eventsOnSql,
    parameters: {
      ...timeBoundParameters({ from, to, asRecorded: question.asRecorded }),
      name: encodeName(question.handle.value),
      rows: eventsMax,
    },
    tenant,
  })
  const whole = { ...answer, cost: sumCosts([answer.cost, cost]) }
  if (rows.length === 0) return whole
  const events = rows.map(readEvent)
  return { ...whole, reasons: [...answer.reasons, ...events.map(toldOf), switchOf(events)] }
}

function toldOf({ event, span }: SealedEvent): Reason {
  const { system, operation, person, principal, marks, outcome } = event
  const stated = marks.find(({ by }) => by === 'system')
  const carried = marks.find(({ by }) => by === 'client')
  const name = nameOrNone(person === '' ? principal : person)
  const ended = outcome === '' ? '' : ` (${outcome})`
  const agent =
    stated === undefined
      ? carried === undefined
        ? 'and no sign of an agent, which is no evidence of a person'
        : `with an agent’s mark that any client can write (${nameOrNone(carried.field)} ${nameOrNone(carried.value)})`
      : `and states that an agent acted (${nameOrNone(stated.field)} ${nameOrNone(stated.value)})`
  return {
    code: 'imported_event',
    text: `the imported log of ${nameOrNone(system)} has ${nameOrNone(operation)}${ended} under the name ${name}, ${agent}`,
    span,
  }
}

/** The one switch that would have decided the rest. */
function switchOf(events: readonly SealedEvent[]): Reason {
  const isDatabase = events.some(({ event }) => event.system === 'postgres')
  const way = isDatabase
    ? 'a traceparent in the comment of the statement'
    : 'a record of the agent’s run (`whodid run`, hooks or the SDK) with the credential or the trailer'
  return {
    code: 'imports_decide_nothing',
    text: `an imported log alone decides no actor; ${way} would have joined the event with who did it`,
    span: null,
  }
}
