import { parseHandle, printableLine, WhodidError } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { RawTimeBounds } from '../time-bounds.ts'

/** A raw question about one thing and its acts: every field is untrusted text. */
export interface RawInstanceQuestion extends RawTimeBounds {
  readonly id: string
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** Returns the canonical ID that `text` names, of a known kind. Throws `invalid_handle`, quoting the parameter `field`. */
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

/** The default and the most of a thing that a question may ask for. */
interface PageLimit {
  readonly default: number
  readonly max: number
}

/** Throws `invalid_parameter` unless the value is absent or a whole number from 1 to the most. */
export function parsePageLimit(text: string | undefined, limit: PageLimit): number {
  return parseCount(text, 'limit', { min: 1, ...limit })
}

/** Parses a whole number within bounds. Throws `invalid_parameter`, naming the parameter. */
export function parseCount(
  text: string | undefined,
  name: string,
  { min, max, default: ifAbsent }: PageLimit & { readonly min: number },
): number {
  if (text === undefined) return ifAbsent
  const count = /^\d{1,15}$/u.test(text) ? Number(text) : -1
  if (count < min || count > max)
    throw new WhodidError(
      'invalid_parameter',
      `"${name}" expected a whole number from ${min} to ${max}; got "${printableLine(text, 60)}"`,
    )
  return count
}
