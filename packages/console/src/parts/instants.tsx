import type { JSX } from 'hono/jsx/jsx-runtime'

/** Milliseconds since 1970 of an RFC 3339 instant in UTC, with its nanoseconds as a fraction. */
export function toUnixMs(instant: string): number {
  const fraction = /\.(\d{1,9})Z$/u.exec(instant)?.[1] ?? ''
  const nanoseconds = Number(fraction.padEnd(9, '0'))
  return Date.parse(`${instant.slice(0, 19)}Z`) + nanoseconds / 1e6
}

/** An instant, in UTC, to the second; the whole of it in the tooltip. */
export function Instant({ at, part = 'all' }: { at: string; part?: 'all' | 'time' }): JSX.Element {
  const text = part === 'time' ? at.slice(11, 19) : `${at.slice(0, 10)} ${at.slice(11, 19)}`
  return (
    <time datetime={at} title={at}>
      {text}
    </time>
  )
}

/** A length of time, short: `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 10 min`, `4 d 2 h`. */
export function durationText(ms: number): string {
  if (ms < 1) return ms <= 0 ? '0 ms' : '<1 ms'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.floor(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
