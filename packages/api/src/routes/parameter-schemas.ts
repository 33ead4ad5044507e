import { z } from '@hono/zod-openapi'
import { handleLengthMax } from '@whodid/model'
import type { HandleKind } from '@whodid/model'

// The patterns below are for the document: what a client may rely on being taken. The parsers decide, and say better what is wrong. They
// are written without \d and \s, which are other sets in other languages.

/** White space as `String.trim` has it. */
const blank = String.raw`\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
const name = String.raw`[^\u0000${blank}][^\u0000]*`
const hex = (digits: number): string => `[0-9A-Fa-f]{${digits}}`
const spanRef = `(?!0{32})${hex(32)}-(?!0{16})${hex(16)}`

/** The days that there are, of the years 1901–2261. */
const day = [
  '(?:190[1-9]|19[1-9][0-9]|2[01][0-9]{2}|22[0-5][0-9]|226[01])-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)',
  '(?:(?:19|2[01])(?:0[48]|[2468][048]|[13579][26])|2000|22(?:0[48]|[24][048]|[135][26]|60))-02-29',
].join('|')

/** The form of instants. */
export const instantText =
  'RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds'

/** An instant. */
export const instantSchema = z
  .string()
  .min(1)
  .meta({
    pattern: `^(?:${day})[Tt ](?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}(?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$`,
  })

/** A handle with its kind, or bare. */
export const handleSchema = z.string().meta({
  pattern: `^(?:(?:[Tt][Rr][Aa][Cc][Ee]:)?(?!0{32})${hex(32)}|(?:[Ss][Pp][Aa][Nn]:)?${spanRef}|(?:[Pp][Rr][Oo][Mm][Pp][Tt]:)?[Ss][Hh][Aa]256:(?:${hex(64)})|[Ss][Hh][Aa]256:${hex(32)}|(?![Tt][Rr][Aa][Cc][Ee]:|[Ss][Pp][Aa][Nn]:|[Pp][Rr][Oo][Mm][Pp][Tt]:|[Ss][Hh][Aa]256:)[A-Za-z][A-Za-z0-9+.-]*:${name})$`,
  maxLength: handleLengthMax,
})

/** A handle of one of these kinds. */
export function handleOf(...kinds: readonly HandleKind[]): z.ZodString {
  return z
    .string()
    .meta({ pattern: `^(?:${kinds.join('|')}):${name}$`, maxLength: handleLengthMax })
}

/** An ID of a kind that its place says: no blank text. Handles are bounded, and an ID is one with its kind. */
export function idSchema(kind: HandleKind): z.ZodString {
  const maxLength = handleLengthMax - `${kind}:`.length
  return z
    .string()
    .min(1)
    .meta({ pattern: `^${name}$`, maxLength })
}

/** A trace. */
export const traceSchema = z
  .string()
  .min(1)
  .meta({ pattern: `^(?!0{32})${hex(32)}$` })

/** A span of a trace. */
export const spanSchema = z
  .string()
  .min(1)
  .meta({ pattern: `^${spanRef}$` })

/** A verb. */
export const verbSchema = z.string().min(1).meta({ pattern: '^[A-Za-z0-9_.-]{1,64}$' })

/** A whole number as text, within bounds, of which the least is 0 or 1. */
export function countSchema(min: 0 | 1, max: number): z.ZodString {
  const zero = min === 0 ? ['0'] : []
  return z
    .string()
    .min(1)
    .meta({ pattern: `^(?:${[...zero, ...upTo(max)].join('|')})$` })
}

/** A line of text that somebody wrote: not blank, of so many characters at most. */
export function lineSchema(maxLength: number): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ pattern: `[^${blank}]`, maxLength })
}

/** A name as others gave it: not blank, without NUL, of so many characters at most. */
export function nameSchema(maxLength: number): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ pattern: `^[^\\u0000]*[^\\u0000${blank}][^\\u0000]*$`, maxLength })
}

/** Patterns of the whole numbers from 1 to `max`: the shorter ones, then those that first differ at each place, then itself. */
function upTo(max: number): string[] {
  const digits = String(max)
  const shorter = Array.from({ length: digits.length - 1 }, (_, more) => `[1-9][0-9]{${more}}`)
  const smaller = Array.from(digits).flatMap((digit, place) => {
    const least = place === 0 ? 1 : 0
    const below = Number(digit) - 1
    const rest = `[0-9]{${digits.length - place - 1}}`
    return below < least ? [] : [`${digits.slice(0, place)}[${least}-${below}]${rest}`]
  })
  return [...shorter, ...smaller, digits]
}

/** The times that narrow a list, as query parameters. */
export const listTimes = {
  from: instantSchema.optional().describe(`Start of the time asked about. ${instantText}`),
  to: instantSchema.optional().describe(`End of the time asked about. ${instantText}`),
  as_recorded: instantSchema
    .optional()
    .describe(
      `Only what had been received by then: what could be known at the time. ${instantText}`,
    ),
}

/** The cursor of a page, as a query parameter. */
export const cursorSchema = z
  .string()
  .min(1)
  .meta({ pattern: '^[A-Za-z0-9_-]+$' })
  .optional()
  .describe('`next_cursor` of the page before, with the same filters')

/** The size of a page or a list, as a query parameter; `what` says of what. */
export function limitSchema(
  limit: { readonly default: number; readonly max: number },
  what: string,
): z.ZodOptional<z.ZodString> {
  return countSchema(1, limit.max)
    .optional()
    .describe(`${what}: 1–${limit.max}, default ${limit.default}`)
}

/** The ID of a path, as its parameter. */
export function idParameter(what: 'instance' | 'delegator'): z.ZodObject<{ id: z.ZodString }> {
  return z.object({ id: idSchema(what).describe(`The ${what}’s ID, percent-encoded`) })
}
