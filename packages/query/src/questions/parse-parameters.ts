import { parseHandle, printableLine, WhodidError } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { RawTimeBounds } from '../time-bounds.ts'

/** A question about one thing and its acts as it arrives: every field text, untrusted. */
export interface RawInstanceQuestion extends RawTimeBounds {
  readonly id: string
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** The canonical ID of what `text` names, of a kind that is known. Throws `invalid_handle`, quoting the parameter `field`. */
export function parseHandleOfKind(kind: HandleKind, text: string, field: string = kind): string {
  try {
    return parseHandle(`${kind}:${text}`).value
  } catch (thrown) {
    if (!(thrown instanceof WhodidError)) throw thrown
    throw new WhodidError(thrown.code, thrown.message.replace('"of"', `"${field}"`), {
      cause: thrown,
    })
  }
}

/** How many of something a question may ask for. */
interface PageLimit {
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
