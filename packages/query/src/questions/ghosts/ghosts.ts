import { WhodidError } from '@whodid/model'
import type { GhostsAnswer, QuestionCost } from '@whodid/model'
import { reconcile, reportGhosts } from '@whodid/reconcile'
import type { PersonOf } from '@whodid/reconcile'
import type { Selector } from '@whodid/store'
import { timeBoundParameters } from '../../time-bounds.ts'
import { askStatement, sumCosts } from '../ask-statement.ts'
import type { GhostsQuestion } from './question.ts'
import { readActs } from './read-acts.ts'
import type { ActRow } from './read-acts.ts'
import { readCoverages, readEvent } from './read-imported.ts'
import type { ImportRow } from './read-imported.ts'
import { shapeGhosts } from './shape-ghosts.ts'
import { actsMax, actsSql, coveragesMax, coveragesSql, eventsMax, eventsSql } from './sql.ts'

/** Nanoseconds before and after the period in which acts are looked for: the greatest clock error that may be declared. */
const edgeNs = 3_600_000_000_000n

/**
 * Holds the imported events of a period against the acts on record, and reports those whose actor is not who they seem. An act is judged
 * by its records' own claims, as lists judge it: the answer about one act weighs all the evidence.
 *
 * Throws the errors of `Selector.select`, and `query_too_expensive` where the period holds more than is compared at one time.
 */
export async function ghosts(
  selector: Selector,
  tenant: string,
  { time, limit, personOf }: GhostsQuestion & { readonly personOf: PersonOf },
): Promise<GhostsAnswer> {
  const ask = <Row>(sql: string, rows: number, widened = 0n): Promise<Asked<Row>> => {
    const bounds = { ...time, from: time.from - widened, to: time.to + widened }
    const parameters = { ...timeBoundParameters(bounds), rows }
    return askStatement<Row>(selector, { sql, parameters, tenant })
  }
  const [events, acts, declared] = await Promise.all([
    ask<ImportRow>(eventsSql, eventsMax + 1),
    ask<ActRow>(actsSql, actsMax + 1, edgeNs),
    ask<ImportRow>(coveragesSql, coveragesMax),
  ])
  checkSize(events.rows.length, eventsMax, 'imported events')
  checkSize(acts.rows.length, actsMax, 'records of acts')
  const coverages = readCoverages(declared.rows)
  const reconciled = reconcile({
    events: events.rows.map(readEvent),
    acts: readActs(acts.rows),
    coverages,
    personOf,
  })
  const inPeriod = reconciled.acts.filter(
    ({ act }) => act.startUnixNs >= time.from && act.startUnixNs <= time.to,
  )
  const found = { ...reconciled, acts: inPeriod }
  const cost = sumCosts([events.cost, acts.cost, declared.cost])
  return shapeGhosts(reportGhosts(found, personOf), {
    reconciled: found,
    coverages,
    time,
    limit,
    cost,
  })
}

interface Asked<Row> {
  readonly rows: readonly Row[]
  readonly cost: QuestionCost
}

function checkSize(count: number, max: number, what: string): void {
  if (count > max)
    throw new WhodidError(
      'query_too_expensive',
      `the period expected at most ${max} ${what}; got more: narrow "from" and "to"`,
    )
}
