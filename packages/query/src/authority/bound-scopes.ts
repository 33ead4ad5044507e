import type { AuthorityAnswer } from '@whodid/model'

/** A grant, as far as its scopes and its end are known. */
export interface KnownGrant {
  /** Null where the record does not state them. */
  readonly scopes: readonly string[] | null
  readonly expired: boolean
}

/** The sides of a scope. Null states nothing. */
interface ScopeParts {
  readonly ceiling: readonly string[] | null
  readonly grants: readonly KnownGrant[]
  readonly parents: readonly { readonly instance: string; readonly grants: readonly KnownGrant[] }[]
}

/**
 * Bounds the scopes of an instance from above: human, template, task, its own grants and those of the instances above it. A side that states
 * nothing is unknown. It is left out of `at_most`, which is a bound for that reason, and never said to allow anything.
 */
export function boundScopes({ ceiling, grants, parents }: ScopeParts): AuthorityAnswer['scopes'] {
  const template = ceiling === null ? null : [...ceiling]
  const grant = unionOf(grants)
  const above = parents.map((parent) => ({
    instance: parent.instance,
    scopes: unionOf(parent.grants),
  }))
  const sides: readonly (readonly [string, string[] | null])[] = [
    ['human', null],
    ['template', template],
    ['task', null],
    ['grant', grant],
    ...above.map(({ instance, scopes }) => [`parent ${instance}`, scopes] as const),
  ]
  const stated = sides.flatMap(([, scopes]) => (scopes === null ? [] : [scopes]))
  const [first, ...others] = stated
  return {
    human: null,
    template,
    task: null,
    grant,
    parents: above,
    at_most: first?.filter((scope) => others.every((scopes) => scopes.includes(scope))) ?? null,
    unknown: sides.flatMap(([name, scopes]) => (scopes === null ? [name] : [])),
  }
}

/** The scopes of all grants that have not ended; null where one of them does not state its own, or there is none on record. */
function unionOf(grants: readonly KnownGrant[]): string[] | null {
  if (grants.length === 0) return null
  const live = grants.filter(({ expired }) => !expired)
  if (live.some(({ scopes }) => scopes === null)) return null
  return [...new Set(live.flatMap(({ scopes }) => scopes ?? []))].toSorted()
}
