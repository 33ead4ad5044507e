/** A name, and how often it occurs on either side. */
export interface CountedBoth {
  readonly name: string
  readonly a: number
  readonly b: number
}

/** Counts names on both sides. Those of one side alone come first, then those whose counts differ; equals go by name. */
export function countBoth(a: readonly string[], b: readonly string[]): CountedBoth[] {
  const counts = new Map<string, { a: number; b: number }>()
  const add = (side: 'a' | 'b', name: string): void => {
    const count = counts.get(name) ?? { a: 0, b: 0 }
    count[side] += 1
    counts.set(name, count)
  }
  for (const name of a) add('a', name)
  for (const name of b) add('b', name)
  return [...counts]
    .map(([name, count]) => ({ name, ...count }))
    .toSorted((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1))
}

function rank({ a, b }: CountedBoth): number {
  if (a === 0 || b === 0) return 0
  return a === b ? 2 : 1
}
