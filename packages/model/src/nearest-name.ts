/** Longest text that is compared, in UTF-16 units: names are short, and the work grows with the square. */
const comparedLengthMax = 40

/**
 * The name that `typed` was most likely meant to be, or undefined when none is near or `typed` is one itself.
 *
 * Near is: the beginning of a name (three letters at least), or one or two letters changed, added, left out or swapped. A name of up to
 * five letters may differ in one, a longer one in two. Case does not count.
 */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const lower = typed.slice(0, comparedLengthMax).toLowerCase()
  if (names.includes(lower)) return undefined
  const near = names
    .map((name) => ({ name, distance: spellingDistance(lower, name) }))
    .filter(({ name, distance: changes }) => {
      const changesMax = Math.min(name.length, lower.length) <= 5 ? 1 : 2
      return changes <= changesMax || (lower.length >= 3 && name.startsWith(lower))
    })
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.name
}

/**
 * Insertions, deletions, replacements and swaps of neighbours from one to the other (optimal string alignment). The work is the product
 * of the lengths: the caller bounds them.
 */
export function spellingDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from.charAt(row - 1) === to.charAt(column - 1)
      const cheapest = Math.min(
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
      )
      const isSwap =
        row > 1 &&
        column > 1 &&
        from.charAt(row - 1) === to.charAt(column - 2) &&
        from.charAt(row - 2) === to.charAt(column - 1)
      next.push(isSwap ? Math.min(cheapest, (beforeLast[column - 2] ?? 0) + 1) : cheapest)
    }
    beforeLast = last
    last = next
  }
  return last.at(-1) ?? 0
}
