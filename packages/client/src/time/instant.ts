import { zoneOffsetMs } from '@whodid/model'

/** The IANA name of the zone of this process (`TZ`, else the system's); `UTC` where there is none. */
export function localZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return isZone(timeZone) ? timeZone : 'UTC'
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0) !== ''
  } catch {
    // "Etc/Unknown", which some systems without a zone give, is refused.
    return false
  }
}

/**
 * `2026-11-22 14:00:03.120 UTC (15:00:03 UTC+01:00)` of an RFC 3339 instant in UTC: what the record says, and what the clock of the
 * person's zone showed, with its date where that is another. In the zone UTC, UTC alone.
 */
export function renderInstant(instant: string, zone: string = localZone()): string {
  const utc = `${instant.slice(0, 10)} ${instant.slice(11, 23)} UTC`
  const unixMs = Date.parse(`${instant.slice(0, 23)}Z`)
  const offsetMs = Number.isNaN(unixMs) ? 0 : zoneOffsetMs(unixMs, zone)
  if (offsetMs === 0) return utc
  const local = new Date(unixMs + offsetMs).toISOString()
  const date = local.slice(0, 10) === instant.slice(0, 10) ? '' : `${local.slice(0, 10)} `
  return `${utc} (${date}${local.slice(11, 19)} UTC${offsetText(offsetMs)})`
}

function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000)
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${hours}:${String(minutes % 60).padStart(2, '0')}`
}

/** The time from `start` to an instant: `+0.120 s`, `+2 min 5 s`, `-0.003 s`. */
export function renderOffset(start: string, instant: string): string {
  const ms = Date.parse(instant.slice(0, 23) + 'Z') - Date.parse(start.slice(0, 23) + 'Z')
  const sign = ms < 0 ? '-' : '+'
  const seconds = Math.abs(ms) / 1000
  if (seconds < 60) return `${sign}${seconds.toFixed(3)} s`
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  return `${sign}${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
