/**
 * Where a text stops to be JSON, as `line 3, column 7`. The parser's own message is not used but for the place: it quotes the text, which may
 * hold a secret. Undefined where the text is JSON.
 */
export function jsonFault(text: string): string | undefined {
  if (faultOf(text) === undefined) return undefined
  if (text.startsWith('\uFEFF')) return 'line 1, column 1: a byte order mark'
  // The parser does not always say where. The shortest beginning that no more text could mend ends at the fault.
  let [mendable, broken] = [0, text.length + 1]
  while (broken - mendable > 1) {
    const middle = Math.floor((mendable + broken) / 2)
    if (faultOf(text.slice(0, middle)) === 'wrong') broken = middle
    else mendable = middle
  }
  if (broken > text.length) return 'its end'
  const before = text.slice(0, broken - 1).split('\n')
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

function faultOf(text: string): 'cut' | 'wrong' | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : ''
    const [, position] =
      / in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/u.exec(message) ?? []
    const isCut = /^(?:Unexpected end of JSON|Unterminated )/u.test(message)
    return isCut || Number(position) >= text.length ? 'cut' : 'wrong'
  }
}
