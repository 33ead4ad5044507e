/** The offset of `zone` from UTC at an instant, in milliseconds; positive where its clocks are ahead. */
export function zoneOffsetMs(unixMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(unixMs)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  const wallMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wallMs - Math.floor(unixMs / 1000) * 1000
}

/** The instant at which the clocks of `zone` showed a wall time; of one they showed twice the first, of one they skipped the hour after. */
export function instantOfWall(wallAsUtcMs: number, zone: string): number {
  // An offset is of an instant, and the instant is what is looked for: that of the day before and of the day after are the candidates.
  const dayMs = 86_400_000
  const before = wallAsUtcMs - zoneOffsetMs(wallAsUtcMs - dayMs, zone)
  const after = wallAsUtcMs - zoneOffsetMs(wallAsUtcMs + dayMs, zone)
  const shows = (unixMs: number): boolean => unixMs + zoneOffsetMs(unixMs, zone) === wallAsUtcMs
  return shows(before) ? before : shows(after) ? after : before
}
