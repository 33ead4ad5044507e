import { formatInstant, parseInstant, printableLine, WhodidError } from '@whodid/model'

/** The time bounds of a question as received: untrusted text. */
export interface RawTimeBounds {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly as_recorded?: string | undefined
}

/** The time bounds of a question, in nanoseconds since 1970; null means unbounded. */
export interface TimeBounds {
  /** The first and last instant of the acts, both included. */
  readonly from: bigint | null
  readonly to: bigint | null
  /** Only records received by this instant count. */
  readonly asRecorded: bigint | null
}

/** The earliest instant of `DateTime64(9)`. A question that names no time covers the whole range. */
export const earliest = '1900-01-01 00:00:00'
/** The latest instant of `DateTime64(9)`. */
export const latest = '2262-04-11 00:00:00'

/** Parses bounds. Throws `invalid_time`, also when `from` lies after `to`. */
export function parseTimeBounds(raw: RawTimeBounds): TimeBounds {
  const from = raw.from === undefined ? null : parseInstant(raw.from, 'from')
  const to = raw.to === undefined ? null : parseInstant(raw.to, 'to')
  const asRecorded =
    raw.as_recorded === undefined ? null : parseInstant(raw.as_recorded, 'as_recorded')
  if (from !== null && to !== null && from > to)
    throw new WhodidError(
      'invalid_time',
      `"from" expected an instant before "to"; got "${printableLine(raw.from ?? '', 60)}" and "${printableLine(raw.to ?? '', 60)}"`,
    )
  return { from, to, asRecorded }
}

/** The values of {@link withinTimeBounds}. */
export function timeBoundParameters({ from, to, asRecorded }: TimeBounds): {
  since: string
  until: string
  recorded: string
} {
  return {
    since: from === null ? earliest : toDateTime64(from),
    until: to === null ? latest : toDateTime64(to),
    recorded: asRecorded === null ? latest : toDateTime64(asRecorded),
  }
}

/** An instant, in nanoseconds since 1970, as ClickHouse writes it. */
export function toDateTime64(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
