/** Lines of each side that are compared; past that, both sides are shown whole. */
const linesMax = 2_000

/** The difference of two texts, line by line: `- ` what goes, `+ ` what comes. '' when there is none. */
export function lineDiff(before: string, after: string): string {
  if (before === after) return ''
  const [a, b] = [linesOf(before), linesOf(after)]
  if (a.length > linesMax || b.length > linesMax) return marked('- ', a) + marked('+ ', b)
  const common = commonLengths(a, b)
  let diff = ''
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      diff += `- ${a[i] ?? ''}\n`
      i += 1
    } else {
      diff += `+ ${b[j] ?? ''}\n`
      j += 1
    }
  }
  return diff
}

/** For each pair of positions, the length of the longest sequence that both rests have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = rows[i]
      if (row === undefined) continue
      row[j] =
        a[i] === b[j]
          ? at(rows, i + 1, j + 1) + 1
          : Math.max(at(rows, i + 1, j), at(rows, i, j + 1))
    }
  return rows
}

function at(rows: readonly Uint16Array[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => `${mark}${line}\n`).join('')
}
