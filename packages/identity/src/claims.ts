import { identityLimits } from './identity-limits.ts'
import { RefusedToken } from './refused-token.ts'

/** The claims of a token, read and not yet understood. */
export type Claims = Readonly<Record<string, unknown>>

/** Returns true for a JSON object. */
export function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns a claim, undefined where there is none. Inherited members do not count. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** Returns a claim that must be a text of 1–2,048 characters. Throws `missing_claim`, `malformed_claim`. */
export function textClaim(claims: Claims, name: string): string {
  const text = optionalText(claims, name)
  if (text === undefined) throw new RefusedToken('missing_claim', `"${name}" is absent`)
  return text
}

/** As {@link textClaim}; undefined where the claim is absent. */
export function optionalText(claims: Claims, name: string): string | undefined {
  const value = claimOf(claims, name)
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '' && value.length <= identityLimits.claimLengthMax)
    return value
  throw malformed(name, `a text of 1–${identityLimits.claimLengthMax} characters`)
}

/** Returns a claim that must be a time in whole or broken seconds since 1970. Throws `missing_claim`, `malformed_claim`. */
export function timeClaim(claims: Claims, name: string): number {
  const time = optionalTime(claims, name)
  if (time === undefined) throw new RefusedToken('missing_claim', `"${name}" is absent`)
  return time
}

/** As {@link timeClaim}; undefined where the claim is absent. */
export function optionalTime(claims: Claims, name: string): number | undefined {
  const value = claimOf(claims, name)
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e11)
    return value
  throw malformed(name, 'seconds since 1970')
}

/** Returns a claim that must be an object. Throws `malformed_claim`; undefined where it is absent. */
export function optionalObject(claims: Claims, name: string): Claims | undefined {
  const value = claimOf(claims, name)
  if (value === undefined) return undefined
  if (isClaims(value)) return value
  throw malformed(name, 'an object')
}

/** Returns the members of a claim that is a text or a list of texts; empty where it is absent. Throws `malformed_claim`. */
export function listClaim(claims: Claims, name: string): readonly string[] {
  const value = claimOf(claims, name)
  if (value === undefined) return []
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = list.filter(
    (each): each is string =>
      typeof each === 'string' && each !== '' && each.length <= identityLimits.claimLengthMax,
  )
  if (texts.length !== list.length || list.length > identityLimits.listMax)
    throw malformed(name, `at most ${identityLimits.listMax} texts`)
  return texts
}

/** Returns the scopes of a claim, each once; undefined where the claim is absent, which is not the same as no scope. */
export function scopeClaim(claims: Claims, name = 'scope'): readonly string[] | undefined {
  const value = claimOf(claims, name)
  if (value === undefined) return undefined
  const list = typeof value === 'string' ? value.split(' ').filter((each) => each !== '') : value
  if (!Array.isArray(list)) throw malformed(name, 'scopes, separated by spaces')
  return [...new Set(listClaim({ [name]: list }, name))]
}

function malformed(name: string, expected: string): RefusedToken {
  return new RefusedToken('malformed_claim', `"${name}" expected ${expected}`)
}
