import type { Statement } from '@whodid/store'
import { parseTimeBounds, timeBoundParameters } from '../../time-bounds.ts'
import type { TimeBounds } from '../../time-bounds.ts'
import { rowsOfPage } from '../page.ts'
import { parseHandleOfKind, parsePageLimit } from '../parse-parameters.ts'
import type { RawInstanceQuestion } from '../parse-parameters.ts'
import { delegatorSql } from './sql.ts'

/** A parsed question about a delegator. */
export interface DelegatorQuestion {
  readonly id: string
  readonly time: TimeBounds
  /** The number of newest acts to list of each kind. */
  readonly limit: number
}

/** The default and the most newest acts in each part of the answer. */
export const latestActsLimit: { readonly default: 10; readonly max: 100 } = {
  default: 10,
  max: 100,
}

/** Parses a question about a delegator. Throws `invalid_handle`, `invalid_time` or `invalid_parameter`. */
export function parseDelegatorQuestion(
  raw: Omit<RawInstanceQuestion, 'cursor'>,
): DelegatorQuestion {
  return {
    id: parseHandleOfKind('delegator', raw.id, 'id'),
    time: parseTimeBounds(raw),
    limit: parsePageLimit(raw.limit, latestActsLimit),
  }
}

/** Returns the one statement: both totals, the agents, and the newest acts of each kind. */
export function planDelegator({ id, time, limit }: DelegatorQuestion, tenant: string): Statement {
  const parameters = { ...timeBoundParameters(time), id, rows: rowsOfPage(limit) }
  return { sql: delegatorSql, parameters, tenant }
}
