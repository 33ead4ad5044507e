import { hasBase64 } from './redact/base64-runs.ts'
import { cardDigitsMin } from './redact/card-rule.ts'
import { sieveTriggers } from './redact.ts'
import { folded } from './scan-triggers.ts'

/** The bits of {@link scanText}'s result. */
export const textBits = {
  /** A character that JSON escapes: a control character, a quote, a backslash. */
  escaped: 1,
  /** A byte that is not ASCII. */
  beyondAscii: 2,
  /** White space of ASCII, a quote, a brace or an angle bracket: no name of a thing has one. */
  unlikeName: 4,
  /** A sign of a secret: without this bit, `redactSecrets` leaves the text as it is. */
  suspect: 8,
  /** The same of a name: without this bit, `redactSecretsInName` leaves a text as it is that has no `=` and no `://`. */
  suspectName: 16,
} as const

/**
 * Looks once over the UTF-8 of a text, from `start` to `end`, in one step a byte, whatever the number of triggers. A text without a
 * bit is a name in ASCII that JSON takes as it stands and that holds no secret.
 *
 * A sign of a secret is a part of three characters of some trigger, digits enough for a card, or base64 of a text. No step waits for
 * the one before it, as an automaton's does.
 */
export function scanText(bytes: Uint8Array, start: number, end: number): number {
  const { kinds, sieve, first } = (tables ??= makeTables())
  let seen = 0
  let last = first
  let caught = 0
  let digits = 0
  let overrun = 0
  for (let at = start; at < end; at += 1) {
    const kind = kinds[bytes[at] ?? 0] ?? 0
    seen |= kind
    last = ((last << columnBits) | (kind >> columnShift)) & lastMask
    caught |= (sieve[last >> 2] ?? 0) >> ((last & 3) << 1)
    // Digits, with what may stand between those of a card; negative once there are enough.
    digits = (digits & -((kind >> ofCardShift) & 1)) + ((kind >> digitShift) & 1)
    overrun |= cardDigitsMin - 1 - digits
  }
  let bits = seen & textMask
  if ((caught & 1) !== 0) bits |= textBits.suspect | textBits.suspectName
  else if ((caught & 2) !== 0 || overrun < 0) bits |= textBits.suspect
  const isFolded = (bits & textBits.beyondAscii) !== 0 && foldsIntoAscii(bytes, start, end)
  if (isFolded || ((bits & textBits.suspectName) === 0 && hasBase64(bytes, start, end)))
    bits |= textBits.suspect | textBits.suspectName
  return bits
}

/** Bits of a byte's kind: three of {@link textBits}, whether it is a digit, whether a card's number may have it; then its column. */
const textMask = 7
const digitShift = 3
const ofCardShift = 4
const columnShift = 5
const columnBits = 6
/** Characters that are looked up together. */
const windowLength = 3
const lastMask = 2 ** (columnBits * windowLength) - 1

interface Tables {
  readonly kinds: Uint16Array
  /** Two bits for every three columns: 1 for a trigger of names, 2 for one of texts. */
  readonly sieve: Uint8Array
  /** The columns in front of a text, as if a line had ended there. */
  readonly first: number
}

/** Made at the first text: a program that scans none does not pay for them. */
let tables: Tables | undefined

function makeTables(): Tables {
  const { names, texts } = sieveTriggers
  const units = [...new Set([...names, ...texts].join('').split('').map(foldedOf)), lineBreak]
  if (units.length >= 2 ** columnBits)
    throw new Error('the triggers of secrets have too many letters')
  // 0 for a byte that stands in no trigger.
  const columnOf = (unit: number): number => units.indexOf(unit) + 1
  const sieve = new Uint8Array((lastMask + 1) / 4)
  const mark = (columns: readonly number[], bit: number): void => {
    const at = columns.reduce((sum, column) => (sum << columnBits) | column, 0)
    sieve[at >> 2] = (sieve[at >> 2] ?? 0) | (bit << ((at & 3) << 1))
  }
  for (const [bit, triggers] of [names, texts].entries())
    for (const trigger of triggers) {
      const columns = rarest(trigger)
        .split('')
        .map((char) => columnOf(foldedOf(char)))
      if (columns.length === windowLength) mark(columns, bit + 1)
      else for (let any = 0; any < 2 ** columnBits; any += 1) mark([any, ...columns], bit + 1)
    }
  const kinds = Uint16Array.from({ length: 256 }, (_, byte) => {
    const isDigit = byte >= 0x30 && byte <= 0x39
    const isOfCard = isDigit || byte === 0x20 || byte === 0x2d
    const ofCard = (isDigit ? 1 << digitShift : 0) | (isOfCard ? 1 << ofCardShift : 0)
    return bitsOf(byte) | ofCard | (columnOf(folded[byte] ?? 0) << columnShift)
  })
  return { kinds, sieve, first: columnOf(lineBreak) }
}

const lineBreak = 10

function foldedOf(char: string): number {
  return folded[char.charCodeAt(0)] ?? 0
}

/** Characters of texts and IDs, the most frequent first. */
const frequent = '0-_abcdef tonisrlhumpgywvk'

/** The part of a trigger that other texts have least. */
function rarest(trigger: string): string {
  if (trigger.length < windowLength) return trigger
  let best = ''
  let bestScore = -1
  for (let at = 0; at <= trigger.length - windowLength; at += 1) {
    const part = trigger.slice(at, at + windowLength)
    const score = part.split('').reduce((sum, char) => {
      const place = frequent.indexOf(String.fromCharCode(foldedOf(char)))
      return sum + (place < 0 ? 2 * frequent.length : place)
    }, 0)
    if (score > bestScore) {
      best = part
      bestScore = score
    }
  }
  return best
}

function bitsOf(byte: number): number {
  const isQuote = byte === 0x22
  const isEscaped = byte < 0x20 || isQuote || byte === 0x5c
  const isSpace = byte === 0x20 || (byte >= 9 && byte <= 13)
  const isBracket = byte === 0x7b || byte === 0x7d || byte === 0x3c || byte === 0x3e
  return (
    (isEscaped ? textBits.escaped : 0) |
    (byte >= 0x80 ? textBits.beyondAscii : 0) |
    (isSpace || isQuote || isBracket ? textBits.unlikeName : 0)
  )
}

/** True when a long s or the Kelvin sign may be among the bytes: they fold into letters of ASCII. */
function foldsIntoAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end - 1; at += 1) {
    const byte = bytes[at]
    if (byte === 0xc5 && bytes[at + 1] === 0xbf) return true
    if (byte === 0xe2 && bytes[at + 1] === 0x84) return true
  }
  return false
}
