import { claimOf } from './claims.ts'
import type { Claims } from './claims.ts'
import { identityLimits } from './identity-limits.ts'
import { RefusedToken } from './refused-token.ts'

/** The sides that must all allow a scope. Undefined is not known, and then nothing is granted. */
export interface ScopeSides {
  /** The person's own scopes. */
  readonly human: readonly string[] | undefined
  /** The most that the template may ever have. */
  readonly ceiling: readonly string[] | undefined
  /** The scopes that the task needs. */
  readonly task: readonly string[] | undefined
  /** The grant of the instance that started this one; null where a person did. */
  readonly parent: readonly string[] | undefined | null
}

/** A scope that was asked for and not granted, and the side that does not have it. */
export interface DeniedScope {
  readonly scope: string
  readonly by: keyof ScopeSides
}

/** The scopes that are granted, and those that are not. Both are on record, with the sides, so that anybody can compute them again. */
export interface EffectiveScope {
  readonly granted: readonly string[]
  readonly denied: readonly DeniedScope[]
}

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/u
const sideNames = ['human', 'ceiling', 'task', 'parent'] as const

/**
 * Intersects human, template, task and parent, in this order. A wildcard is a scope like any other. `asked` narrows further; without
 * it everything that the task needs is asked for.
 *
 * Throws {@link RefusedToken} `unknown_scope` where a side is not known, `invalid_scope` where nothing is left or a scope is none.
 */
export function effectiveScope(sides: ScopeSides, asked?: readonly string[]): EffectiveScope {
  for (const name of sideNames)
    if (sides[name] === undefined)
      throw new RefusedToken('unknown_scope', `the scopes of the ${name} are not known`)
  const wanted = [...new Set(asked ?? sides.task ?? [])]
  if (wanted.length > identityLimits.listMax || !wanted.every(isScope))
    throw new RefusedToken('invalid_scope', `expected at most ${identityLimits.listMax} scopes`)
  const denied = wanted.flatMap((scope): DeniedScope[] => {
    const by = sideNames.find((name) => sides[name]?.includes(scope) === false)
    return by === undefined ? [] : [{ scope, by }]
  })
  const lost = new Set(denied.map(({ scope }) => scope))
  const granted = wanted.filter((scope) => !lost.has(scope))
  if (granted.length === 0)
    throw new RefusedToken(
      'invalid_scope',
      'human, template, task and parent have no scope in common',
    )
  return { granted, denied }
}

/**
 * Checks that details of RFC 9396 stay within others: each has one of the same type whose lists hold every member of its own, and
 * which says the same in every other member. Throws {@link RefusedToken} `details_widened`.
 */
export function checkDetails(asked: readonly Claims[], allowed: readonly Claims[]): void {
  if (asked.length > identityLimits.listMax)
    throw new RefusedToken('details_widened', `expected at most ${identityLimits.listMax} details`)
  for (const detail of asked)
    if (!allowed.some((outer) => isWithin(detail, outer)))
      throw new RefusedToken('details_widened', 'a detail asks for more than was granted')
}

/** A member that only the outer one has restricts it, so that its absence widens. */
function isWithin(inner: Claims, outer: Claims): boolean {
  const names = new Set([...Object.keys(inner), ...Object.keys(outer)])
  return [...names].every((name) => {
    const mine = claimOf(inner, name)
    const theirs = claimOf(outer, name)
    if (theirs === undefined) return name !== 'type'
    if (Array.isArray(mine) && Array.isArray(theirs))
      return mine.length > 0 && mine.every((each) => theirs.includes(each))
    return JSON.stringify(mine) === JSON.stringify(theirs)
  })
}

function isScope(scope: string): boolean {
  return scopeToken.test(scope) && scope.length <= identityLimits.scopeLengthMax
}
