import { parseHandleOfKind } from './handle-of-kind.ts'
import type { RawInstanceQuestion } from './instance-question.ts'
import { parsePageLimit } from './page-limit.ts'
import { parseTimeBounds } from './time-bounds.ts'
import type { TimeBounds } from './time-bounds.ts'

/** A question about a delegator, understood. */
export interface DelegatorQuestion {
  readonly id: string
  readonly time: TimeBounds
  /** How many of the newest acts of each kind to give. */
  readonly limit: number
}

/** Newest acts in each part of the answer. */
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
