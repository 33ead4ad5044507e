import { printableLine, WhodidError } from '@whodid/model'

/** How many of something a question may ask for. */
export interface PageLimit {
  readonly default: number
  readonly max: number
}

/** Throws `invalid_parameter` unless it is absent or a whole number from 1 to the most. */
export function parsePageLimit(text: string | undefined, limit: PageLimit): number {
  if (text === undefined) return limit.default
  const count = /^\d{1,6}$/u.test(text) ? Number(text) : 0
  if (count < 1 || count > limit.max)
    throw new WhodidError(
      'invalid_parameter',
      `"limit" expected a whole number from 1 to ${limit.max}; got "${printableLine(text, 60)}"`,
    )
  return count
}
