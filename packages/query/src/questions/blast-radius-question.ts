import { parseHandleOfKind } from './handle-of-kind.ts'
import type { RawInstanceQuestion } from './instance-question.ts'
import { parsePageLimit } from './page-limit.ts'
import { parseTimeBounds } from './time-bounds.ts'
import type { TimeBounds } from './time-bounds.ts'

/** A question for what an instance touched, understood. */
export interface BlastRadiusQuestion {
  readonly id: string
  readonly time: TimeBounds
  /** How many resources to give. */
  readonly limit: number
}

/** Resources in one answer. */
export const resourcesLimit: { readonly default: 200; readonly max: 1000 } = {
  default: 200,
  max: 1000,
}

/** Parses a question for a blast radius. Throws `invalid_handle`, `invalid_time` or `invalid_parameter`. */
export function parseBlastRadiusQuestion(
  raw: Omit<RawInstanceQuestion, 'cursor'>,
): BlastRadiusQuestion {
  return {
    id: parseHandleOfKind('instance', raw.id, 'id'),
    time: parseTimeBounds(raw),
    limit: parsePageLimit(raw.limit, resourcesLimit),
  }
}
