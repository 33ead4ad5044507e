/** Characters and words of a pattern that texts are made of: more add little and cost the square. */
const charactersMax = 10
const wordsMax = 4

/** Characters that stand for an escape or a class. */
const samples: Readonly<Record<string, string>> = {
  w: 'a0',
  d: '0',
  s: ' \n',
  S: 'a',
  W: '!',
  D: 'a',
  b: '',
  B: '',
  n: '\n',
  r: '\r',
  t: '\t',
  p: '\u0301',
}

/**
 * Texts of about `length` units that a pattern of this source is slow on if on any: runs of each character of its alphabet and
 * of each word in it, two of them by turns, a run behind a word, each with an end that fits nothing.
 */
export function* attacksOn(source: string, length: number): Generator<string> {
  const { characters, words } = alphabetOf(source)
  const units = [...characters, ...words]
  const misfit = '\u0000'
  for (const unit of units) {
    const run = unit.repeat(Math.ceil(length / unit.length))
    yield run
    yield run + misfit
    for (const other of units) {
      if (other !== unit) {
        yield run + other + misfit
        yield (unit + other).repeat(Math.ceil(length / (unit.length + other.length))) + misfit
      }
      if (other.length > 1) yield other + run + misfit
    }
  }
}

/** Reads a pattern's source roughly: what its characters and classes match, and the words that stand in it. */
function alphabetOf(source: string): { characters: string[]; words: string[] } {
  const characters = new Set<string>()
  const words = new Set<string>()
  let word = ''
  const endWord = (): void => {
    if (word.length > 1) words.add(word)
    word = ''
  }
  for (const token of source.match(tokens) ?? []) {
    const first = token.charAt(0)
    const escaped = token.charAt(1)
    if (first === '\\' && /[a-z]/iu.test(escaped) && escaped !== 'u') {
      endWord()
      for (const sample of samples[escaped] ?? '') characters.add(sample)
    } else if (first === '[') {
      endWord()
      for (const sample of membersOf(token)) characters.add(sample)
    } else if (first === '.') {
      endWord()
      characters.add('a')
    } else if (/^[()|?*+^$]$|^\{|^\(\?/u.test(token)) {
      endWord()
    } else {
      const character = unescaped(token)
      characters.add(character)
      word += character
    }
  }
  endWord()
  const longest = [...words].toSorted((a, b) => b.length - a.length)
  return {
    characters: [...characters].slice(0, charactersMax),
    words: longest.slice(0, wordsMax),
  }
}

const tokens =
  /\[(?:\\.|[^\]\\])*\]|\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\p\{\w+\}|\\x[0-9a-f]{2}|\\.|\(\?(?:<?[=!]|:)|\{\d*,?\d*\}|[\s\S]/giu

/** Some members of a class: those that stand in it, the ends of its ranges; of what it leaves out, a letter and a sign. */
function membersOf(token: string): string[] {
  if (token.startsWith('[^')) return ['a', '!', '/']
  const members: string[] = []
  for (const part of token.slice(1, -1).match(tokens) ?? []) {
    const escaped = part.charAt(1)
    const isNamed = part.startsWith('\\') && Object.hasOwn(samples, escaped)
    if (isNamed) members.push(...Array.from(samples[escaped] ?? ''))
    else members.push(unescaped(part))
  }
  return members
}

function unescaped(token: string): string {
  if (!token.startsWith('\\')) return token
  const hex = /^\\(?:u\{?|x)([0-9a-f]+)\}?$/iu.exec(token)?.[1]
  return hex === undefined ? token.slice(1) : String.fromCodePoint(Number.parseInt(hex, 16))
}
