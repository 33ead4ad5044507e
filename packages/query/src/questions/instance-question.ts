import { decodeCursor, spanPositionForm } from './cursor.ts'
import type { Position } from './cursor.ts'
import { parseHandleOfKind } from './handle-of-kind.ts'
import { parsePageLimit } from './page-limit.ts'
import { parseTimeBounds } from './time-bounds.ts'
import type { RawTimeBounds, TimeBounds } from './time-bounds.ts'

/** A question about one thing and its acts as it arrives: every field text, untrusted. */
export interface RawInstanceQuestion extends RawTimeBounds {
  readonly id: string
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** A question about an instance that was understood. */
export interface InstanceQuestion {
  readonly id: string
  readonly time: TimeBounds
  readonly limit: number
  /** Where the page of the timeline before ended. */
  readonly after: Position | null
}

/** Records in one page of a timeline. */
export const timelineLimit: { readonly default: 100; readonly max: 500 } = {
  default: 100,
  max: 500,
}

/** Parses a question about an instance. Throws `invalid_handle`, `invalid_time`, `invalid_cursor` or `invalid_parameter`. */
export function parseInstanceQuestion(raw: RawInstanceQuestion): InstanceQuestion {
  const id = parseHandleOfKind('instance', raw.id, 'id')
  const time = parseTimeBounds(raw)
  const limit = parsePageLimit(raw.limit, timelineLimit)
  const after =
    raw.cursor === undefined ? null : decodeCursor(raw.cursor, { id, time }, spanPositionForm)
  return { id, time, limit, after }
}
