import { parseHandle } from '@whodid/model'
import type { Handle } from '@whodid/model'
import { clueForms } from './clue-forms.ts'
import { fragment, named } from './clue-reading.ts'
import type { ClueReading, Lookup } from './clue-reading.ts'
import { readTime } from './read-time.ts'
import type { ClueClock, ClueTime } from './read-time.ts'

/** UTF-16 units of a clue that are read. What is longer is a text that was pasted: its beginning is looked for. */
export const clueLengthMax = 512

/** Forms that a clue is taken for. */
const readingsMax = 8
/** Words of a clue that are looked for in names and texts. */
const wordsMax = 6
/** Letters of the shortest word that is looked for among names: a shorter one is in every other name. */
const fragmentLengthMin = 3

/** A clue, read: its time, and what the rest of it may be. */
export interface ReadClue {
  /** The clue as it was read. */
  readonly clue: string
  readonly isCut: boolean
  readonly time: ClueTime
  readonly readings: readonly ClueReading[]
}

/**
 * Reads what a person typed for a clue: every form that it has. Never throws; the work is linear in the clue, which is cut to
 * {@link clueLengthMax} first.
 */
export function readClue(typed: string, at: ClueClock): ReadClue {
  const isCut = typed.length > clueLengthMax
  const text = typed.slice(0, clueLengthMax).toWellFormed().replaceAll('\0', '').trim()
  const clue = unwrap(text) === '' ? text : unwrap(text)
  const isToken = !/\s/u.test(clue)
  const time = readTime(clue, at)
  const hasTime = time.phrase !== '' || (time.verbs.length > 0 && !isToken)
  const rest = hasTime ? unwrap(time.rest) : clue
  return { clue, isCut, time: hasTime ? time : noTime(clue), readings: readingsOf(rest, clue) }
}

function noTime(clue: string): ClueTime {
  return { afterMs: null, beforeMs: null, phrase: '', verbs: [], rest: clue }
}

/** Cuts off white space, and the quotes, brackets and stops that a sentence puts around a name. */
function unwrap(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && /[\s"'`<([{]/u.test(text.charAt(start))) start += 1
  while (end > start && /[\s"'`>)\]},;?!]/u.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function readingsOf(text: string, clue: string): ClueReading[] {
  if (text === '') return []
  const handle = handleReading(text)
  const isToken = !/\s/u.test(text)
  const forms = isToken
    ? clueForms.flatMap(({ form, text: what, pattern, read }) => {
        const match = pattern.exec(text)
        const lookups = match === null ? [] : read(text, match.slice(1))
        return lookups.length === 0 ? [] : [{ form, text: what, lookups }]
      })
    : clueForms
        .filter(({ form }) => form === 'number' || form === 'span')
        .flatMap(({ form, text: what, pattern, read }) => {
          const match = pattern.exec(text)
          return match === null ? [] : [{ form, text: what, lookups: read(text, match.slice(1)) }]
        })
  const traced = forms.some(({ form }) => form === 'span') ? [] : tracedReading(text)
  return [...handle, ...traced, ...forms.slice(0, readingsMax), ...wordsReading(text, clue)]
}

/** A `traceparent` somewhere in a line that was pasted, as a header or the comment of a statement has it. */
function tracedReading(text: string): ClueReading[] {
  const found =
    /(?<![0-9a-f])[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?![0-9a-f])/iu.exec(text)
  if (found === null) return []
  const span = `${found[1] ?? ''}-${found[2] ?? ''}`.toLowerCase()
  return [{ form: 'span', text: 'a span ID with its trace', lookups: named(span, 'span') }]
}

/** A handle that says its kind. A bare one has a form of its own. */
function handleReading(text: string): ClueReading[] {
  let handle: Handle
  try {
    handle = parseHandle(text)
  } catch {
    return []
  }
  const { kind, value } = handle
  if (kind === 'resource' || !/^[a-z]+\s*:/iu.test(text)) return []
  const lookups: Lookup[] = [{ by: 'name', kind, name: value }]
  return [{ form: 'handle', text: `the handle of one ${kind}`, lookups }]
}

/** Any clue may be words that somebody wrote. */
function wordsReading(text: string, clue: string): ClueReading[] {
  const words = text
    .split(/\s+/u)
    .map(unwrap)
    .filter((word) => word !== '')
  const sought = [...new Set(words)].slice(0, wordsMax)
  const parts = sought.filter(
    (word) => words.length > 1 && word.length >= fragmentLengthMin && word !== clue,
  )
  const lookups: Lookup[] = [...parts.map(fragment), { by: 'text', words: sought }]
  const what = words.length > 1 ? 'words of a name or a text' : 'a word of a text'
  return sought.length === 0 ? [] : [{ form: 'words', text: what, lookups }]
}
