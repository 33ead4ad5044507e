import { parseInstant, printableLine, WhodidError } from '@whodid/model'
import { parsePageLimit } from '../questions/parse-parameters.ts'
import { readClue } from './clue/read-clue.ts'
import type { ReadClue } from './clue/read-clue.ts'

/** A raw clue: every field is untrusted text. */
export interface RawFindQuestion {
  readonly q: string
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly zone?: string | undefined
  readonly limit?: string | undefined
}

/** A clue, read, with the time in which it is looked for: nanoseconds since 1970, null where that end is open. */
export interface FindQuestion extends ReadClue {
  readonly after: bigint | null
  readonly before: bigint | null
  /** True when the clue itself names the time. */
  readonly isTimeOfClue: boolean
  readonly limit: number
}

/** The default and the most candidates in one answer. */
export const candidatesLimit: { readonly default: 20; readonly max: 100 } = {
  default: 20,
  max: 100,
}

/** The most characters of a text that is taken as a clue; what is longer than `clueLengthMax` is cut. */
export const clueTakenMax = 4096

/**
 * Parses a clue, which may be any text that is not blank. Words for a time in it count from `nowMs`, in `zone` (an IANA name, default
 * UTC), and give way to `after` and `before`. Throws `invalid_parameter` or `invalid_time`.
 */
export function parseFindQuestion(raw: RawFindQuestion, nowMs: number): FindQuestion {
  const limit = parsePageLimit(raw.limit, candidatesLimit)
  if (isLongerThan(raw.q, clueTakenMax))
    throw new WhodidError(
      'invalid_parameter',
      `"q" expected a clue of at most ${clueTakenMax} characters; got one of more`,
    )
  const read = readClue(raw.q, { nowMs, zone: parseZone(raw.zone) })
  if (read.clue === '')
    throw new WhodidError('invalid_parameter', '"q" expected a clue; got a blank one')
  const typed = {
    after: raw.after === undefined ? null : parseInstant(raw.after, 'after'),
    before: raw.before === undefined ? null : parseInstant(raw.before, 'before'),
  }
  if (typed.after !== null && typed.before !== null && typed.after > typed.before)
    throw new WhodidError(
      'invalid_time',
      `"after" expected an instant before "before"; got "${printableLine(raw.after ?? '', 60)}" and "${printableLine(raw.before ?? '', 60)}"`,
    )
  const isTyped = typed.after !== null || typed.before !== null
  const { afterMs, beforeMs } = read.time
  const ofClue = { after: nsOf(afterMs), before: nsOf(beforeMs) }
  const isTimeOfClue = !isTyped && (afterMs !== null || beforeMs !== null)
  return { ...read, ...(isTyped ? typed : ofClue), isTimeOfClue, limit }
}

/** True for a text of more characters, where one of two UTF-16 units counts as one. */
function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > max * 2 || Array.from(text).length > max)
}

function nsOf(ms: number | null): bigint | null {
  return ms === null ? null : BigInt(ms) * 1_000_000n
}

function parseZone(zone: string | undefined): string {
  if (zone === undefined) return 'UTC'
  try {
    if (zone.length <= 64)
      return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    // A name that is no zone is refused below, as one that is too long is.
  }
  throw new WhodidError(
    'invalid_parameter',
    `"zone" expected a time zone such as Europe/Berlin; got "${printableLine(zone, 60)}"`,
  )
}
