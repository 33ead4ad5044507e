import type { Lookup } from './clue/clue-reading.ts'
import { namesMax } from './names-sql.ts'
import type { SoughtName } from './names-sql.ts'
import { prefixesMax } from './prefixes-sql.ts'
import type { SoughtPrefix } from './prefixes-sql.ts'
import type { FindQuestion } from './question.ts'
import { fragmentsMax } from './recent-sql.ts'

/** What is looked for, of all readings of a clue. */
export interface Sought {
  readonly names: readonly SoughtName[]
  readonly prefixes: readonly SoughtPrefix[]
  readonly fragments: readonly string[]
  readonly attributes: readonly string[]
  readonly subjects: readonly string[]
  readonly words: readonly string[]
  /** Words that are compared in spelling. */
  readonly typed: readonly string[]
  /** True for several words: a name that fits one of them answers nothing yet. */
  readonly isSentence: boolean
}

/** Gathers what the readings of a clue look for, each thing once and bounded. */
export function soughtIn({ readings, clue, time }: FindQuestion): Sought {
  const lookups = readings.flatMap((reading) => reading.lookups)
  const texts = (by: 'fragment' | 'attribute'): string[] => [
    ...new Set(lookups.flatMap((one) => (one.by === by ? [one.text] : []))),
  ]
  const words = lookups.flatMap((one) => (one.by === 'text' ? one.words : []))
  const rest = time.rest === '' ? clue : time.rest
  return {
    names: distinct(lookups, (one) =>
      one.by === 'name' ? { kind: one.kind, name: one.name } : undefined,
    ).slice(0, namesMax),
    prefixes: distinct(lookups, prefixOf).slice(0, prefixesMax),
    fragments: texts('fragment').slice(0, fragmentsMax),
    attributes: texts('attribute').slice(0, fragmentsMax),
    subjects: distinct(lookups, (one) =>
      one.by === 'subject' ? one.name.toLowerCase() : undefined,
    ).slice(0, fragmentsMax),
    words: [...new Set(words)],
    typed: readings.length === 0 ? [] : [...new Set([rest, ...rest.split(/\s+/u)])],
    isSentence: /\s/u.test(rest.trim()),
  }
}

function prefixOf(lookup: Lookup): SoughtPrefix | undefined {
  if (lookup.by === 'resources') return { of: 'resource', prefix: lookup.prefix }
  return lookup.by === 'people' ? { of: 'delegator', prefix: lookup.prefix } : undefined
}

function distinct<One>(
  lookups: readonly Lookup[],
  read: (lookup: Lookup) => One | undefined,
): One[] {
  const seen = new Map<string, One>()
  for (const lookup of lookups) {
    const one = read(lookup)
    if (one !== undefined) seen.set(JSON.stringify(one), one)
  }
  return [...seen.values()]
}
