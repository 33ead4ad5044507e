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
 * A sign of a secret is a trigger, digits enough for a card, or base64 of a text. A sieve over three characters at a time says where a
 * trigger may be: no step waits for the one before it, as an automaton's does. Only there are the bytes compared.
 */
export function scanText(bytes: Uint8Array, start: number, end: number): number {
  const { kinds, sieve, first } = (tables ??= makeTables())
  let seen = 0
  let last = first
  let caught = 0
  for (let at = start; at < end; at += 1) {
    const kind = kinds[bytes[at] ?? 0] ?? 0
    seen |= kind
    last = ((last << columnBits) | (kind >> columnShift)) & lastMask
    if ((((sieve[last >> 3] ?? 0) >> (last & 7)) & 1) !== 0) {
      scanned.start = start
      scanned.end = end
      caught |= triggersAt(bytes, at, last)
    }
  }
  let bits = seen & textMask
  if ((caught & triggerOf.names) !== 0) bits |= textBits.suspect | textBits.suspectName
  else if (caught !== 0 || hasCardDigits(bytes, start, end)) bits |= textBits.suspect
  const isFolded = (bits & textBits.beyondAscii) !== 0 && foldsIntoAscii(bytes, start, end)
  if (isFolded || ((bits & textBits.suspectName) === 0 && hasBase64(bytes, start, end)))
    bits |= textBits.suspect | textBits.suspectName
  return bits
}

/** Bits of a byte's kind: three of {@link textBits}, then its column. */
const textMask = 7
const columnShift = 3
const columnBits = 6
/** Characters that are looked up together. */
const windowLength = 3
const lastMask = 2 ** (columnBits * windowLength) - 1

/** The kinds of text that a trigger gives away. */
const triggerOf = { names: 1, texts: 2 } as const

/** A trigger, and how many characters of it stand behind the part that the sieve looks for. */
interface Trigger {
  readonly units: Uint8Array
  readonly behind: number
  readonly bit: number
}

interface Tables {
  readonly kinds: Uint16Array
  /** A bit for every three columns. */
  readonly sieve: Uint8Array
  /** The triggers of every three columns that have a bit. */
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>
  /** The columns in front of a text, as if a line had ended there. */
  readonly first: number
}

/** The text under way: kept here, so that the loop over it hands on two numbers. */
const scanned = { start: 0, end: 0 }

/** The triggers whose part ends at `at`: bits of {@link triggerOf}. */
function triggersAt(bytes: Uint8Array, at: number, last: number): number {
  let bits = 0
  for (const trigger of tables?.triggers.get(last) ?? [])
    if ((bits & trigger.bit) === 0 && isTriggerAt(bytes, at, trigger)) bits |= trigger.bit
  return bits
}

function isTriggerAt(bytes: Uint8Array, at: number, { units, behind }: Trigger): boolean {
  const from = at + behind + 1 - units.length
  if (from + units.length > scanned.end) return false
  for (let index = 0; index < units.length; index += 1) {
    const place = from + index
    // A line ends before the text, and nothing is before that.
    const unit = place < scanned.start ? beforeText(place) : (folded[bytes[place] ?? 0] ?? -1)
    if (unit !== units[index]) return false
  }
  return true
}

function beforeText(place: number): number {
  return place === scanned.start - 1 ? lineBreak : -1
}

/** True when a run of digits, with what may stand between them, has enough for a card's number. Time is linear. */
function hasCardDigits(bytes: Uint8Array, start: number, end: number): boolean {
  // Such a run covers one of the places that are its least length apart: few bytes of a text are looked at.
  for (let probe = start + cardDigitsMin - 1; probe < end; probe += cardDigitsMin) {
    if (!isOfCard(bytes[probe] ?? 0)) continue
    let from = probe
    while (from > start && isOfCard(bytes[from - 1] ?? 0)) from -= 1
    let digits = 0
    let at = from
    for (; at < end && isOfCard(bytes[at] ?? 0); at += 1) if (isDigit(bytes[at] ?? 0)) digits += 1
    if (digits >= cardDigitsMin) return true
    while (probe + cardDigitsMin < at) probe += cardDigitsMin
  }
  return false
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isOfCard(byte: number): boolean {
  return isDigit(byte) || byte === 0x20 || byte === 0x2d
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
  const sieve = new Uint8Array((lastMask + 1) / 8)
  const triggers = new Map<number, Trigger[]>()
  const mark = (columns: readonly number[], trigger: Trigger): void => {
    const at = columns.reduce((sum, column) => (sum << columnBits) | column, 0)
    sieve[at >> 3] = (sieve[at >> 3] ?? 0) | (1 << (at & 7))
    const own = triggers.get(at)
    if (own === undefined) triggers.set(at, [trigger])
    else own.push(trigger)
  }
  for (const [bit, some] of [
    [triggerOf.names, names],
    [triggerOf.texts, texts],
  ] as const)
    for (const text of some) {
      const { part, behind } = rarest(text)
      const columns = part.split('').map((char) => columnOf(foldedOf(char)))
      const trigger = { units: Uint8Array.from(text.split(''), foldedOf), behind, bit }
      if (columns.length === windowLength) mark(columns, trigger)
      else for (let any = 0; any < 2 ** columnBits; any += 1) mark([any, ...columns], trigger)
    }
  const kinds = Uint16Array.from(
    { length: 256 },
    (_, byte) => bitsOf(byte) | (columnOf(folded[byte] ?? 0) << columnShift),
  )
  return { kinds, sieve, triggers, first: columnOf(lineBreak) }
}

const lineBreak = 10

function foldedOf(char: string): number {
  return folded[char.charCodeAt(0)] ?? 0
}

/** Characters of texts and IDs, the most frequent first. */
const frequent = '0-_abcdef tonisrlhumpgywvk'

/** The part of a trigger that other texts have least, and how many characters stand behind it. */
function rarest(trigger: string): { readonly part: string; readonly behind: number } {
  let best = { part: trigger.slice(0, windowLength), behind: 0 }
  let bestScore = -1
  for (let at = 0; at <= trigger.length - windowLength; at += 1) {
    const part = trigger.slice(at, at + windowLength)
    const score = part.split('').reduce((sum, char) => {
      const place = frequent.indexOf(String.fromCharCode(foldedOf(char)))
      return sum + (place < 0 ? 2 * frequent.length : place)
    }, 0)
    if (score > bestScore) {
      best = { part, behind: trigger.length - at - windowLength }
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
