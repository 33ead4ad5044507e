import type { Edit } from './secret-rule.ts'

/** A text with one layer of escapes undone, and the way back to where each of its characters stood. */
export interface DecodedView {
  readonly text: string
  /** An edit of this text as one of the text that it was decoded from. */
  readonly place: (edit: Edit) => Edit
}

/** Undoes one layer of escapes; undefined when there is none. A character that stands for itself keeps its place. */
export function decodeOnce(text: string): DecodedView | undefined {
  // The end of each decoded escape: in the decoded text, and in the one that it was decoded from.
  const decodedEnds: number[] = []
  const sourceEnds: number[] = []
  let decoded = ''
  let from = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit !== backslash && unit !== percent && unit !== ampersand) continue
    const length = escapeLength(text, index)
    if (length === 0) continue
    decoded += text.slice(from, index) + decodeEscape(text.slice(index, index + length))
    from = index + length
    index = from - 1
    decodedEnds.push(decoded.length)
    sourceEnds.push(from)
  }
  if (from === 0) return undefined
  const placeOf = placer(decodedEnds, sourceEnds)
  return {
    text: decoded + text.slice(from),
    place: ({ start, end, mark }) => ({
      start: placeOf(start),
      end: placeOf(end),
      // Quotes of the decoded text are written otherwise here.
      mark: mark.replaceAll('"', ''),
    }),
  }
}

const backslash = 92
const percent = 37
const ampersand = 38

/** A backslash and one character that stands for itself. */
const single = new Set(Array.from('"\'\\/bfnrt`', (char) => char.charCodeAt(0)))
/** The longer escapes of JSON and of program text, of addresses and forms, of XML and HTML. */
const long =
  /\\u(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]{1,6}\})|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|&(?:quot|amp|lt|gt|apos|#\d{2,5}|#x[0-9a-fA-F]{2,4});/uy

/** Characters of the escape at a place; 0 when there is none. */
function escapeLength(text: string, at: number): number {
  if (text.charCodeAt(at) === backslash && single.has(text.charCodeAt(at + 1))) return 2
  long.lastIndex = at
  return long.exec(text)?.[0].length ?? 0
}

function placer(
  decodedEnds: readonly number[],
  sourceEnds: readonly number[],
): (position: number) => number {
  return (position) => {
    // The last escape that ends at or before the position.
    let low = 0
    let high = decodedEnds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((decodedEnds[middle] ?? 0) <= position) low = middle + 1
      else high = middle
    }
    return low === 0
      ? position
      : (sourceEnds[low - 1] ?? 0) + position - (decodedEnds[low - 1] ?? 0)
  }
}

const letters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const entities: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
}

function decodeEscape(escape: string): string {
  if (escape.startsWith('%')) return charOf(Number.parseInt(escape.slice(1), 16))
  if (escape.startsWith('&#x')) return charOf(Number.parseInt(escape.slice(3), 16))
  if (escape.startsWith('&#')) return charOf(Number.parseInt(escape.slice(2), 10))
  if (escape.startsWith('&')) return entities[escape.slice(1, -1)] ?? escape
  if (/^\\[ux]/u.test(escape)) return charOf(Number.parseInt(escape.replace(/^\\[ux]\{?/u, ''), 16))
  const letter = escape.slice(1)
  return letters[letter] ?? letter
}

/** One UTF-16 unit, so that places can be counted; what does not fit is a mark. */
function charOf(code: number): string {
  return code <= 0xffff ? String.fromCharCode(code) : '\ufffd'
}
