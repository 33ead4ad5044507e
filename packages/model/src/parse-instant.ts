import { WhodidError } from './errors.ts'
import { printableLine } from './printable.ts'

const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/u

/** Earliest and latest instant the ledger's `DateTime64(9)` holds: 1900-01-01 and 2262-04-11, exclusive of its last second. */
const earliestNs = -2_208_988_800_000_000_000n
const latestNs = 9_223_372_035_000_000_000n

/**
 * Parses an RFC 3339 instant to nanoseconds since 1970, to the nanosecond.
 *
 * Throws `invalid_time`, quoting `field`, when it has no zone, names a day or hour that does not exist, or lies outside
 * 1900–2262. Leap seconds (`:60`) are refused.
 */
export function parseInstant(text: string, field: string): bigint {
  const match = rfc3339.exec(text)
  if (match === null) throw invalidTime(text, field)
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    fraction = '',
    zone = '',
  ] = match
  const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const wallMs = Date.parse(`${wall}.000Z`)
  // Date.parse rolls 31 February over to March; the round trip shows it.
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 19) !== wall)
    throw invalidTime(text, field)
  const epochMs = Date.parse(`${wall}.000${zone.toUpperCase()}`)
  if (Number.isNaN(epochMs)) throw invalidTime(text, field)
  const ns = BigInt(epochMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
  if (ns < earliestNs || ns > latestNs) throw invalidTime(text, field)
  return ns
}

/** Formats nanoseconds since 1970 as RFC 3339 in UTC with nine digits of fraction. */
export function formatInstant(unixNs: bigint): string {
  const seconds = unixNs / 1_000_000_000n - (unixNs % 1_000_000_000n < 0n ? 1n : 0n)
  const fraction = unixNs - seconds * 1_000_000_000n
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return `${whole}.${fraction.toString().padStart(9, '0')}Z`
}

function invalidTime(text: string, field: string): WhodidError {
  return new WhodidError(
    'invalid_time',
    `"${field}" expected an RFC 3339 instant with a zone, such as 2026-11-22T14:07:00Z; got "${printableLine(text, 60)}"`,
  )
}
