import type { ImportedEvent } from '../event/imported-event.ts'
import type { JsonObject } from '../event/json-fields.ts'

/** What a reader knows beside the line. */
export interface ReadContext {
  /** The source as the importer names it: an account, a repository, a host. '' where it names none. */
  readonly source: string
}

/** A format of a log whose events are objects of JSON. */
export interface JsonFormat {
  readonly kind: 'json'
  /** Returns undefined for what is no act. Throws `invalid_time` where there is no time. */
  readonly read: (event: JsonObject, context: ReadContext) => ImportedEvent | undefined
}

/** A format of a log whose events are lines. */
export interface LineFormat {
  readonly kind: 'line'
  /** As that of {@link JsonFormat}; throws `invalid_body` for a line of another form. */
  readonly read: (line: string, context: ReadContext) => ImportedEvent | undefined
  /** Splits a text into events where they are not its lines. */
  readonly split?: (text: string) => readonly { readonly line: number; readonly text: string }[]
}

export type ImportFormat = JsonFormat | LineFormat
