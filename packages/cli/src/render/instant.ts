/** `2026-11-22 14:00:03.120 UTC` of an RFC 3339 instant in UTC. */
export function renderInstant(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 23)} UTC`
}

/** How long after `start` an instant lies: `+0.120 s`, `+2 min 5 s`, `-0.003 s`. */
export function renderOffset(start: string, instant: string): string {
  const ms = Date.parse(instant.slice(0, 23) + 'Z') - Date.parse(start.slice(0, 23) + 'Z')
  const sign = ms < 0 ? '-' : '+'
  const seconds = Math.abs(ms) / 1000
  if (seconds < 60) return `${sign}${seconds.toFixed(3)} s`
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  return `${sign}${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
