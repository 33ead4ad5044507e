import { createHash } from 'node:crypto'
import { WhodidError } from '@whodid/model'
import type { ImportedEvent } from './event/imported-event.ts'
import { isObject, valueAt } from './event/json-fields.ts'
import type { ImportFormat, ReadContext } from './readers/import-format.ts'
import { importFormats } from './readers/import-formats.ts'
import type { ImportFormatName } from './readers/import-formats.ts'
import { parseJsonObject } from './readers/parse-json-object.ts'

/** UTF-16 units of one event. A longer one is refused. */
const eventLengthMax = 131_072
/** Events of one text. One with more is refused whole. */
export const eventsMax = 10_000
/** The last moment of 2261, in nanoseconds since 1970. */
const unixNsMax = 9_214_646_399_999_999_999n
/** Refused events that are named. */
const refusedNamedMax = 20

/** An event, and the text it was read from. */
export interface ReadEvent {
  readonly event: ImportedEvent
  /** Counted from 1; of a document that is one value of JSON, the place of the event in its list. */
  readonly line: number
  /** All that the source said of the event, the fields that no reader knows too. */
  readonly body: string
}

/** The events of a text. */
export interface ReadImport {
  readonly events: readonly ReadEvent[]
  /** Events that could not be read; the first of them with the reason. */
  readonly refusedCount: number
  readonly refused: readonly { readonly line: number; readonly why: string }[]
  /** What the format holds beside acts. */
  readonly passedOverCount: number
}

/** An event as its source wrote it. */
export interface ImportItem {
  readonly line: number
  readonly body: string
}

/** Events to be read, and their format. */
export interface ImportItems extends ReadContext {
  readonly format: ImportFormatName
  readonly items: readonly ImportItem[]
}

/**
 * Splits a log into its events, without reading them. A log of JSON may be one object a line, a list, or an object with its events in
 * `Records`, `records`, `value`, `events`, `entries`, `items` or `data`.
 */
export function splitImport(format: ImportFormatName, text: string): readonly ImportItem[] {
  const reader: ImportFormat = importFormats[format]
  if (reader.kind === 'json') return documentItems(text) ?? lineItems(text)
  if (reader.split === undefined) return lineItems(text)
  return reader.split(text).map((item) => ({ line: item.line, body: item.text }))
}

/**
 * Reads events. One that cannot be read costs itself and nothing else. Equal events are one. Throws `invalid_body` where there are more
 * than {@link eventsMax}.
 */
export function readImport({ format, items, source }: ImportItems): ReadImport {
  const reader: ImportFormat = importFormats[format]
  if (items.length > eventsMax)
    throw new WhodidError(
      'invalid_body',
      `expected at most ${eventsMax} events at one time; got ${items.length}`,
    )
  const events = new Map<string, ReadEvent>()
  const refused: { line: number; why: string }[] = []
  let passedOverCount = 0
  for (const { line, body } of items)
    try {
      const event = readItem(reader, body, { source })
      if (event === undefined) passedOverCount += 1
      else events.set(JSON.stringify([event.system, event.id]), { event, line, body })
    } catch (thrown) {
      if (!(thrown instanceof WhodidError)) throw thrown
      refused.push({ line, why: thrown.message })
    }
  return {
    events: [...events.values()],
    refusedCount: refused.length,
    refused: refused.slice(0, refusedNamedMax),
    passedOverCount,
  }
}

function readItem(
  reader: ImportFormat,
  body: string,
  context: ReadContext,
): ImportedEvent | undefined {
  if (body.length > eventLengthMax)
    throw new WhodidError(
      'invalid_body',
      `an event expected at most ${eventLengthMax} characters; got ${body.length}`,
    )
  const event =
    reader.kind === 'json'
      ? reader.read(parseJsonObject(body), context)
      : reader.read(body, context)
  if (event === undefined) return event
  // A record's time is an unsigned number; one that no record can have would cost the whole request.
  if (event.atUnixNs <= 0n || event.atUnixNs > unixNsMax)
    throw new WhodidError('invalid_time', 'the time of an event expected a year of 1970–2261')
  if (event.id !== '') return event
  return { ...event, id: createHash('sha256').update(body).digest('hex').slice(0, 32) }
}

function lineItems(text: string): readonly ImportItem[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: index + 1, body: line.trim() }))
    .filter(({ body }) => body !== '')
}

const envelopes = ['Records', 'records', 'value', 'events', 'entries', 'items', 'data'] as const

/** The events of a text that is one value of JSON; undefined where it is one object a line. */
function documentItems(text: string): readonly ImportItem[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Several objects, one a line: no value of JSON.
    return undefined
  }
  const list = Array.isArray(value)
    ? value
    : (envelopes.map((name) => valueAt(value, name)).find((found) => Array.isArray(found)) ?? [
        value,
      ])
  if (!Array.isArray(list)) return undefined
  return list.map((event: unknown, index) => ({
    line: index + 1,
    body: isObject(event) ? JSON.stringify(event) : String(event),
  }))
}
