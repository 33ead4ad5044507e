import { WhodidError } from '@whodid/model'
import { parseTimeBounds } from '../../time-bounds.ts'
import type { RawTimeBounds, TimeBounds } from '../../time-bounds.ts'
import { parsePageLimit } from '../parse-parameters.ts'

/** A raw question for ghosts: every field is untrusted text. */
interface RawGhostsQuestion extends RawTimeBounds {
  readonly limit?: string | undefined
}

/** A parsed question for ghosts. */
export interface GhostsQuestion {
  readonly time: TimeBounds & { readonly from: bigint; readonly to: bigint }
  /** Entries of each list of the answer. */
  readonly limit: number
}

/** The default and the most entries of each list. */
export const ghostsLimit: { readonly default: 100; readonly max: 1_000 } = {
  default: 100,
  max: 1_000,
}

/** Parses a question for ghosts. Throws `invalid_time`, `invalid_parameter`, and `range_required` without `from`. */
export function parseGhostsQuestion(raw: RawGhostsQuestion, nowUnixNs: bigint): GhostsQuestion {
  const time = parseTimeBounds(raw)
  if (time.from === null)
    throw new WhodidError(
      'range_required',
      '"from" expected an instant: every event since then is compared; got none',
    )
  const to = time.to ?? (nowUnixNs > time.from ? nowUnixNs : time.from)
  return { time: { ...time, from: time.from, to }, limit: parsePageLimit(raw.limit, ghostsLimit) }
}
