import { createHash } from 'node:crypto'
import { printableLine, WhodidError } from '@whodid/model'

/** The end of a page: the sort key of its last row, each part as the engine writes it. */
export type Position = readonly string[]

/** The patterns that the parts of a position must match, in order. */
type PositionForm = readonly RegExp[]

/** The form of a position in rows ordered by time, trace and span. */
export const spanPositionForm: PositionForm = [
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{9}$/u,
  /^[0-9a-f]{32}$/u,
  /^[0-9a-f]{16}$/u,
]

/** The longest cursor, in characters: it fits the longest template ID, JSON-escaped and in base64url. */
const cursorLengthMax = 40_000

const version = 1

/**
 * Writes a position as an opaque cursor, bound to its question. It holds a position and no secret: a forged cursor only
 * starts reading elsewhere in data that the reader may read anyway.
 */
export function encodeCursor(question: object, position: Position): string {
  return Buffer.from(JSON.stringify([version, digestOf(question), ...position])).toString(
    'base64url',
  )
}

/**
 * Reads a cursor back to the position. Throws `invalid_cursor` for a cursor that Whodid did not make, of another version, or
 * made for other filters: it would continue in the wrong list.
 */
export function decodeCursor(cursor: string, question: object, form: PositionForm): Position {
  const [madeBy, digest, ...position] = readParts(cursor)
  if (madeBy !== version) throw invalid('one that this version gave', cursor)
  if (digest !== digestOf(question)) throw invalid('one given for the same filters', cursor)
  const texts = position.filter((part) => typeof part === 'string')
  if (texts.length !== form.length || !form.every((part, index) => part.test(texts[index] ?? '')))
    throw invalid('one that Whodid gave', cursor)
  return texts
}

function readParts(cursor: string): readonly unknown[] {
  if (cursor.length > cursorLengthMax || !/^[\w-]+$/u.test(cursor))
    throw invalid('one that Whodid gave', cursor)
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch {
    // Not JSON, so not ours: a cursor without parts is refused.
    return []
  }
}

function digestOf(question: object): string {
  const text = JSON.stringify(question, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

function invalid(expected: string, cursor: string): WhodidError {
  return new WhodidError(
    'invalid_cursor',
    `"cursor" expected ${expected}; got "${printableLine(cursor, 60)}"`,
  )
}
