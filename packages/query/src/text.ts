import { printable, printableLine } from '@whodid/model'

/** Longest text of a prompt or a plan in an answer, in UTF-16 units; the ledger holds the rest. */
const textLengthMax = 32_768

/** An identifier or name from an agent, safe to show; null when the record does not say. */
export function nameOrNull(text: string): string | null {
  return text === '' ? null : printableLine(text, 1024)
}

/** As {@link nameOrNull}, for a sentence: `none` when the record does not say. */
export function nameOrNone(text: string | undefined): string {
  return nameOrNull(text ?? '') ?? 'none'
}

/** A prompt's or plan's text, safe to show and cut with a note; null when the record does not hold it. */
export function textOrNull(text: string): string | null {
  if (text === '') return null
  const safe = printable(text)
  if (safe.length <= textLengthMax) return safe
  const cut = safe.slice(0, textLengthMax).toWellFormed()
  return `${cut}… [${safe.length - textLengthMax} characters more]`
}

/** `2026-11-22 14:07:00.123456789`, as ClickHouse writes it, in RFC 3339. */
export function toInstant(dateTime64: string): string {
  return `${dateTime64.replace(' ', 'T')}Z`
}
