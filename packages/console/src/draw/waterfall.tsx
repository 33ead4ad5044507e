import type { ChainHop } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { visibleText } from '../parts/agent-text.tsx'
import { durationText, toUnixMs } from '../parts/instants.tsx'

const depthMax = 12
const barSpan = 1_000
/** Narrowest bar, in thousandths of the width: an instant stays visible. */
const barMin = 4
const nameMax = 60
const idShownMax = 12
/** Records shown at most: the outermost, where the task began, and the nearest, where the act is. */
const outermostShownMax = 500
const nearestShownMax = 1_500

/** Beginnings of span names that repeat the kind of record. */
const operationPrefix =
  /^(?:session|prompt|plan|delegate|invoke_agent|create_agent|execute_tool|chat|intent) (?=\S)/u

interface Scale {
  readonly startMs: number
  readonly lengthMs: number
}

/** The chain as a waterfall: each record below the one it followed from, with its time; the act is the last. */
export function Waterfall({ chain }: { chain: readonly ChainHop[] }): JSX.Element | null {
  const [root] = chain
  if (root === undefined) return null
  const startMs = Math.min(...chain.map((hop) => toUnixMs(hop.started_at)))
  const endMs = Math.max(...chain.map((hop) => toUnixMs(hop.ended_at)))
  const scale = { startMs, lengthMs: Math.max(endMs - startMs, 1) }
  const leftOut = Math.max(chain.length - outermostShownMax - nearestShownMax, 0)
  return (
    <section class="panel">
      <h2>
        How it happened <span class="count">{chain.length}</span>
      </h2>
      {leftOut === 0 ? null : (
        <p class="note">
          {chain.length - leftOut} of {chain.length} records shown; the JSON has all.
        </p>
      )}
      <table class="waterfall">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col" class="num">
              Start
            </th>
            <th scope="col" class="num">
              Took
            </th>
            <th scope="col">{durationText(scale.lengthMs)} in all</th>
          </tr>
        </thead>
        <tbody>
          {chain.map((hop, index) =>
            index >= outermostShownMax && index < outermostShownMax + leftOut ? null : (
              <Row
                hop={hop}
                scale={scale}
                depth={Math.min(index, depthMax)}
                before={chain[index - 1]}
                last={index === chain.length - 1}
              />
            ),
          )}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  readonly hop: ChainHop
  readonly scale: Scale
  readonly depth: number
  readonly before: ChainHop | undefined
  readonly last: boolean
}

/** One record. Its markup is short: a chain may hold thousands. */
function Row({ hop, scale, depth, before, last }: RowProps): JSX.Element {
  const startMs = toUnixMs(hop.started_at)
  const tookMs = toUnixMs(hop.ended_at) - startMs
  const x = Math.round(((startMs - scale.startMs) / scale.lengthMs) * (barSpan - barMin))
  const width = Math.min(
    Math.max(Math.round((tookMs / scale.lengthMs) * barSpan), barMin),
    barSpan - x,
  )
  const called = visibleText((hop.tool ?? hop.name).replace(operationPrefix, '').slice(0, nameMax))
  const changed = hop.instance !== null && hop.instance !== before?.instance
  return (
    <tr {...(last ? { class: 'is-this' } : {})}>
      <td class={`d${depth}`}>
        <a href={`?of=span:${hop.span}`}>
          <b>{hop.record_kind}</b> {called === hop.record_kind ? '' : <bdi>{called}</bdi>}
        </a>
        {hop.resource === null || !last ? null : (
          <bdi class="on"> {visibleText(hop.resource.slice(0, 120))}</bdi>
        )}
        {changed ? <ActingAs hop={hop} /> : null}
        {hop.outcome === 'failure' || hop.outcome === 'denied' ? (
          <em class="outcome-failure"> {hop.outcome}</em>
        ) : null}
        {joinNotes[hop.joined_by] === undefined ? null : <i> {joinNotes[hop.joined_by]}</i>}
      </td>
      <td>{durationText(startMs - scale.startMs)}</td>
      <td>{durationText(tookMs)}</td>
      <td>
        <svg viewBox="0 0 1000 8" preserveAspectRatio="none">
          <rect x={x} width={width} height="8" {...barClass(hop.record_kind, last)} />
        </svg>
      </td>
    </tr>
  )
}

/** Ties that are less than a parent's. */
const joinNotes: Partial<Record<ChainHop['joined_by'], string>> = {
  correlation: 'joined by correlation ID',
  link: 'joined by link',
  prompt_text: 'holds the prompt’s text',
}

function ActingAs({ hop }: { hop: ChainHop }): JSX.Element {
  const id = hop.instance ?? ''
  // IDs of one time begin alike; their ends tell them apart.
  const short = id.length > idShownMax ? `…${id.slice(-idShownMax)}` : id
  const text = hop.template === null ? short : `${hop.template.slice(0, nameMax)} ${short}`
  return (
    <i>
      {' '}
      as <bdi>{visibleText(text)}</bdi>
    </i>
  )
}

/** A call's bar has no class: most records are calls, and a class costs bytes. */
function barClass(kind: ChainHop['record_kind'], last: boolean): { class?: string } {
  if (last) return { class: 'bar-this' }
  if (kind === 'prompt' || kind === 'plan' || kind === 'session') return { class: 'bar-think' }
  return kind === 'delegation' ? { class: 'bar-hand' } : {}
}
