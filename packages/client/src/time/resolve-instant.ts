import {
  formatInstant,
  instantOfWall,
  parseInstant,
  printableLine,
  WhodidError,
} from '@whodid/model'
import { localZone } from './instant.ts'

/** Settings of {@link resolveInstant}. */
export interface InstantOptions {
  /** The option that it was typed for, without its hyphens. */
  readonly option: string
  /** The end of a whole day that is meant: its first instant, or its last. */
  readonly edge: 'start' | 'end'
  /** When it was typed, in milliseconds since 1970. */
  readonly nowMs: number
  /** The zone of the days and times, as an IANA name; default this process's zone. */
  readonly zone?: string
}

const dayMs = 86_400_000
const unitMs: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', dayMs],
  ['w', 7 * dayMs],
])

/**
 * An instant in RFC 3339, of what a person types for one.
 *
 * RFC 3339 with a zone stays as it is. `now`; `24h`, `90m`, `7d`, `2w`, `30s`, also as `24h ago`: so long before it was typed.
 * `today`, `yesterday` and `2026-11-28`: that day where the person is, its first instant or its last. `2026-11-28 14:07`, with seconds or
 * without: that time where the person is. Throws `invalid_time`, which says all of this.
 *
 * @example
 * ```ts
 * resolveInstant('24h', { option: 'from', edge: 'start', nowMs: Date.now() })
 * ```
 */
export function resolveInstant(text: string, options: InstantOptions): string {
  const typed = text.trim()
  const found = relativeInstant(typed, options) ?? localInstant(typed, options)
  if (found !== undefined) return checked(found, options)
  return checked(typed, options)
}

function relativeInstant(typed: string, { nowMs }: InstantOptions): string | undefined {
  const word = typed.toLowerCase()
  if (word === 'now') return instantOf(nowMs)
  const [, count = '', unit = ''] =
    /^-?(\d{1,6}) ?(s|m|h|d|w)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?|eeks?)?(?: ago)?$/u.exec(
      word,
    ) ?? []
  const ms = unitMs.get(unit)
  return ms === undefined ? undefined : instantOf(nowMs - Number(count) * ms)
}

function localInstant(typed: string, options: InstantOptions): string | undefined {
  const { edge, nowMs, zone = localZone() } = options
  const [, date = '', time] =
    /^(\d{4}-\d{2}-\d{2}|today|yesterday)(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/iu.exec(typed) ?? []
  if (date === '') return undefined
  const day = wallDay(date.toLowerCase(), nowMs, zone)
  if (Number.isNaN(day)) return undefined
  if (time === undefined) {
    if (edge === 'start') return instantOf(instantOfWall(day, zone))
    return formatInstant(BigInt(instantOfWall(day + dayMs, zone)) * 1_000_000n - 1n)
  }
  const ofDay = Date.parse(`1970-01-01T${time.length === 5 ? `${time}:00` : time}Z`)
  return Number.isNaN(ofDay) ? undefined : instantOf(instantOfWall(day + ofDay, zone))
}

/** Midnight of a day as if it were UTC's; NaN of a day that does not exist. */
function wallDay(date: string, nowMs: number, zone: string): number {
  if (date === 'today' || date === 'yesterday') {
    const shown = new Intl.DateTimeFormat('en-CA', { timeZone: zone, calendar: 'iso8601' })
    const today = Date.parse(`${shown.format(nowMs)}T00:00:00Z`)
    return date === 'today' ? today : today - dayMs
  }
  const day = Date.parse(`${date}T00:00:00Z`)
  // Date.parse rolls 31 February over to March.
  const exists = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date)
  return exists ? day : Number.NaN
}

function instantOf(unixMs: number): string {
  return formatInstant(BigInt(unixMs) * 1_000_000n)
}

function checked(instant: string, { option }: InstantOptions): string {
  try {
    parseInstant(instant, option)
    return instant
  } catch (thrown) {
    throw new WhodidError(
      'invalid_time',
      `"--${option}" expected RFC 3339 with a zone (2026-11-28T14:07:00Z), a day (2026-11-28, today, yesterday), a local time (2026-11-28 14:07) or how long ago (24h, 90m, 7d); got "${printableLine(instant, 60)}"`,
      { cause: thrown },
    )
  }
}
