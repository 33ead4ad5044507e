/** Most single-letter changes between what was typed and a name worth suggesting. */
const distanceMax = 2

/** The name that `typed` was most likely meant to be, or undefined when none is near. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, distance: distance(typed.slice(0, 40).toLowerCase(), name) }))
    .filter((candidate) => candidate.distance <= distanceMax || candidate.name.startsWith(typed))
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.name
}

/** Levenshtein's: insertions, deletions and replacements from one to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [fromIndex, letter] of from.split('').entries()) {
    const next = [fromIndex + 1]
    for (const [toIndex, other] of to.split('').entries()) {
      const replaced = (row[toIndex] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[toIndex + 1] ?? 0) + 1, (next[toIndex] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
