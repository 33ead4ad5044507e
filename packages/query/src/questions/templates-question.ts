import { WhodidError } from '@whodid/model'
import { decodeCursor } from './cursor.ts'
import { parsePageLimit } from './page-limit.ts'
import { parseTimeBounds } from './time-bounds.ts'
import type { RawTimeBounds, TimeBounds } from './time-bounds.ts'

/** A question for the templates at work as it arrives: every field text, untrusted. */
export interface RawTemplatesQuestion extends RawTimeBounds {
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** A question for the templates at work, understood. */
export interface TemplatesQuestion {
  readonly time: TimeBounds
  readonly limit: number
  /** The template after which the page begins; null for the first. */
  readonly after: string | null
}

/** Templates in one page. */
export const templatesLimit: { readonly default: 50; readonly max: 200 } = { default: 50, max: 200 }

/**
 * Parses a question for templates. Throws `invalid_time`, `invalid_cursor`, `invalid_parameter`, and `range_required`
 * without `from`: an inventory counts every record of the time it concerns.
 */
export function parseTemplatesQuestion(raw: RawTemplatesQuestion): TemplatesQuestion {
  const time = parseTimeBounds(raw)
  const limit = parsePageLimit(raw.limit, templatesLimit)
  if (time.from === null)
    throw new WhodidError(
      'range_required',
      '"from" expected an instant: an inventory reads every record since then; got none',
    )
  const [after = null] =
    raw.cursor === undefined ? [] : decodeCursor(raw.cursor, { templates: time }, [/^.+$/su])
  return { time, limit, after }
}
