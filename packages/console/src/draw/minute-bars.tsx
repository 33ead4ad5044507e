import type { JSX } from 'hono/jsx/jsx-runtime'

/** The acts of one minute. */
export interface MinuteCount {
  readonly total: number
  readonly unattributed: number
}

const barWidth = 9
const barStep = 12
const height = 56

/** Acts a minute, the newest at the right; the unattributed in their own colour at the foot of each bar. */
export function MinuteBars({ minutes }: { minutes: readonly MinuteCount[] }): JSX.Element {
  const most = Math.max(...minutes.map(({ total }) => total), 1)
  const scale = (count: number): number => Math.round((count / most) * (height - 4) * 10) / 10
  const width = minutes.length * barStep
  const sum = minutes.reduce((all, { total }) => all + total, 0)
  return (
    <svg
      class="minutes"
      viewBox={`0 0 ${width} ${height + 1}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Acts in each of the last ${minutes.length} minutes: ${sum} in all, at most ${most} in one`}
    >
      <rect class="axis" x="0" y={height} width={width} height="1" />
      {minutes.map(({ total, unattributed }, index) => {
        const x = index * barStep
        const whole = scale(total)
        const open = scale(unattributed)
        return (
          <>
            {total === 0 ? null : (
              <rect class="bar-act" x={x} y={height - whole} width={barWidth} height={whole} />
            )}
            {unattributed === 0 ? null : (
              <rect class="bar-open" x={x} y={height - open} width={barWidth} height={open} />
            )}
          </>
        )
      })}
    </svg>
  )
}
