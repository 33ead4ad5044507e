import { parseHandle, parseInstant, printableLine, WhodidError } from '@whodid/model'
import type { Handle, HandleKind } from '@whodid/model'

/** A question as received: every field is untrusted text. */
export interface RawQuestion {
  readonly of: string
  readonly at?: string | undefined
  readonly as_recorded?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly verb?: string | undefined
  readonly limit?: string | undefined
}

/** A parsed question. Instants are nanoseconds since 1970. */
export interface Question {
  readonly of: string
  readonly handle: Handle
  readonly at: bigint | null
  /** Only records that the ledger had received by this instant count. */
  readonly asRecorded: bigint | null
  readonly from: bigint | null
  readonly to: bigint | null
  /** The instants as the question wrote them; the answer repeats them. */
  readonly atText: string | null
  readonly asRecordedText: string | null
  readonly fromText: string | null
  readonly toText: string | null
  readonly verb: string | null
  /** The number of alternatives to return, 0–100. */
  readonly limit: number
}

/** The number of alternatives when the question sets no limit. */
const limitDefault = 10
/** The maximum number of alternatives. */
const limitMax = 100

/**
 * Parses a question.
 *
 * Throws `invalid_handle`, `invalid_time` (also when `from` lies after `to`), or `invalid_parameter` for a verb that is
 * no word of 1–64 letters, digits, `_`, `.` or `-`, and for a limit that is no whole number from 0 to 100.
 */
export function parseQuestion(raw: RawQuestion): Question {
  const handle = parseHandle(raw.of)
  const from = parseOptionalInstant(raw.from, 'from')
  const to = parseOptionalInstant(raw.to, 'to')
  if (from !== null && to !== null && from > to)
    throw new WhodidError(
      'invalid_time',
      `"from" expected an instant before "to"; got "${printableLine(raw.from ?? '', 60)}" and "${printableLine(raw.to ?? '', 60)}"`,
    )
  return {
    of: raw.of.trim(),
    handle,
    at: parseOptionalInstant(raw.at, 'at'),
    asRecorded: parseOptionalInstant(raw.as_recorded, 'as_recorded'),
    from,
    to,
    atText: textOrNull(raw.at),
    asRecordedText: textOrNull(raw.as_recorded),
    fromText: textOrNull(raw.from),
    toText: textOrNull(raw.to),
    verb: parseVerb(raw.verb),
    limit: parseLimit(raw.limit),
  }
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

function parseOptionalInstant(text: string | undefined, field: string): bigint | null {
  return text === undefined || text === '' ? null : parseInstant(text, field)
}

/** Throws `invalid_parameter` unless it is absent or a word of 1–64 letters, digits, `_`, `.` or `-`. */
export function parseVerb(text: string | undefined): string | null {
  if (text === undefined || text === '') return null
  if (!/^[\w.-]{1,64}$/u.test(text))
    throw new WhodidError(
      'invalid_parameter',
      `"verb" expected 1–64 letters, digits, "_", "." or "-"; got "${printableLine(text, 60)}"`,
    )
  return text
}

function parseLimit(text: string | undefined): number {
  if (text === undefined || text === '') return limitDefault
  const limit = /^\d{1,4}$/u.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(limit) || limit > limitMax)
    throw new WhodidError(
      'invalid_parameter',
      `"limit" expected a whole number from 0 to ${limitMax}; got "${printableLine(text, 60)}"`,
    )
  return limit
}

/** True when the handle names one act. */
export function isNamed(kind: HandleKind): boolean {
  return kind === 'action' || kind === 'span'
}
