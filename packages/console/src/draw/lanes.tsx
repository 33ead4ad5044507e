import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { visibleText } from '../parts/agent-text.tsx'
import { durationText, toUnixMs } from '../parts/instants.tsx'

/** An instance and its records. */
export interface Lane {
  readonly instance: string
  readonly template: string | null
  readonly depth: number
  readonly entries: readonly Schemas['TimelineEntry'][]
}

const width = 1_000
const labelWidth = 190
const laneHeight = 44
const headHeight = 22
const ticks = 5
const markMin = 3
/** Marks drawn in a lane at most; the table below has every record. */
const marksMax = 400

/** The timeline with a lane for each instance. Untrusted inputs cross all lanes: what is right of one came after it. */
export function Lanes({
  lanes,
  label = 'Timeline',
}: {
  lanes: readonly Lane[]
  label?: string
}): JSX.Element | null {
  const entries = lanes.flatMap((lane) => lane.entries)
  if (entries.length === 0) return null
  const startMs = Math.min(...entries.map((entry) => toUnixMs(entry.started_at)))
  const endMs = Math.max(...entries.map((entry) => toUnixMs(entry.ended_at)))
  const lengthMs = Math.max(endMs - startMs, 1)
  const height = headHeight + lanes.length * laneHeight
  const xOf = (ms: number): number =>
    round(labelWidth + ((ms - startMs) / lengthMs) * (width - labelWidth - 12))
  const untrusted = entries.filter((entry) => entry.input?.trust === 'untrusted').slice(0, marksMax)
  const summary = `${lanes.length} instances, ${entries.length} records in ${durationText(lengthMs)}`
  return (
    <div class="scroll" role="region" aria-label={label} tabindex={0}>
      <svg class="lanes" viewBox={`0 0 ${width} ${height}`} role="group" aria-label={summary}>
        {Array.from({ length: ticks }, (_, tick) => {
          const at = (lengthMs * tick) / (ticks - 1)
          const x = xOf(startMs + at)
          const anchor = tick === 0 ? 'start' : tick === ticks - 1 ? 'end' : 'middle'
          return (
            <>
              <path class="tick" d={`M${x} ${headHeight}V${height}`} />
              <text class="tick-label" x={x} y="14" text-anchor={anchor}>
                {tick === 0 ? '0' : `+${durationText(at)}`}
              </text>
            </>
          )
        })}
        {untrusted.map((entry) => (
          <path class="poison" d={`M${xOf(toUnixMs(entry.started_at))} ${headHeight}V${height}`} />
        ))}
        {lanes.map((lane, index) => (
          <LaneRow lane={lane} y={headHeight + index * laneHeight} xOf={xOf} />
        ))}
      </svg>
    </div>
  )
}

function LaneRow({
  lane,
  y,
  xOf,
}: {
  lane: Lane
  y: number
  xOf: (ms: number) => number
}): JSX.Element {
  const indent = Math.min(lane.depth, 6) * 10
  return (
    <g>
      <path class="lane-line" d={`M0 ${y + laneHeight - 0.5}H${width}`} />
      <text class="lane-label" x={4 + indent} y={y + 19}>
        {cut(lane.template ?? 'template not on record', 24 - indent / 8)}
      </text>
      <text class="lane-sub" x={4 + indent} y={y + 34}>
        {cut(lane.instance, 26 - indent / 8)}
      </text>
      {lane.entries.slice(0, marksMax).map((entry) => {
        const x = xOf(toUnixMs(entry.started_at))
        const wide = Math.max(round(xOf(toUnixMs(entry.ended_at)) - x), markMin)
        const row = rowOf(entry)
        return (
          <a href={`/ask?of=span:${entry.span}`} tabindex={-1}>
            <rect
              class={`mark-${row}`}
              x={x}
              y={y + offsets[row]}
              width={wide}
              height={heights[row]}
            >
              <title>{`${entry.record_kind} ${cut(entry.tool ?? entry.name, 60)}${entry.resource === null ? '' : ` ${cut(entry.resource, 100)}`}`}</title>
            </rect>
          </a>
        )
      })}
    </g>
  )
}

type Row = 'frame' | 'think' | 'do' | 'destroy' | 'untrusted'

const offsets: Readonly<Record<Row, number>> = {
  frame: 6,
  think: 12,
  do: 22,
  destroy: 20,
  untrusted: 10,
}
const heights: Readonly<Record<Row, number>> = {
  frame: 3,
  think: 6,
  do: 12,
  destroy: 16,
  untrusted: 26,
}

function rowOf(entry: Schemas['TimelineEntry']): Row {
  if (entry.input?.trust === 'untrusted') return 'untrusted'
  if (entry.verb === 'delete') return 'destroy'
  if (entry.record_kind === 'session') return 'frame'
  return entry.record_kind === 'tool_call' || entry.record_kind === 'action' ? 'do' : 'think'
}

function cut(text: string, max: number): string {
  const plain = visibleText(text)
  return plain.length <= max ? plain : `${plain.slice(0, Math.floor(max) - 1)}…`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
