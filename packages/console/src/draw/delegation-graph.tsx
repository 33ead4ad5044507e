import type { WhoDidAnswer } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { visibleText } from '../parts/agent-text.tsx'

const width = 320
const nodeHeight = 46
const gap = 42
/** Hops drawn at most; the middle of a longer chain is one node. */
const nodesMax = 9
const labelMax = 38
/** Characters of the words on an edge, which are smaller. */
const edgeMax = 52

/** One node, and the words on the edge that leads to it. */
interface GraphNode {
  readonly kind: string
  readonly label: string
  readonly sub: string
  readonly by: string
  readonly dashed: boolean
}

/** Who acted for whom, as a graph: the human first, every agent below, what was touched last. */
export function DelegationGraph({ answer }: { answer: WhoDidAnswer }): JSX.Element | null {
  const nodes = nodesOf(answer)
  if (nodes.length < 2) return null
  const height = nodes.length * nodeHeight + (nodes.length - 1) * gap + 4
  const described = nodes.map(({ kind, label }) => `${kind} ${label}`).join(', then ')
  return (
    <section class="panel">
      <h2>Who acted for whom</h2>
      <svg class="graph" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={described}>
        {nodes.map((node, index) => (
          <Node node={node} y={2 + index * (nodeHeight + gap)} first={index === 0} />
        ))}
      </svg>
    </section>
  )
}

function Node({ node, y, first }: { node: GraphNode; y: number; first: boolean }): JSX.Element {
  const { kind, label, sub, by, dashed } = node
  const middle = y - gap / 2
  return (
    <g>
      {first ? null : (
        <>
          <path
            class={dashed ? 'edge is-dashed' : 'edge'}
            d={`M24 ${y - gap}V${y - 5}M20 ${y - 9}L24 ${y - 4}L28 ${y - 9}`}
          />
          <text class="edge-label" x="40" y={middle + 4}>
            {by}
          </text>
        </>
      )}
      <rect class={`node node-${kind}`} x="1" y={y} width={width - 2} height={nodeHeight} rx="6" />
      <text class="node-label" x="14" y={y + 19}>
        {label}
      </text>
      <text class="node-sub" x="14" y={y + 36}>
        {sub}
      </text>
    </g>
  )
}

function nodesOf(answer: WhoDidAnswer): GraphNode[] {
  const { delegation_chain: hops, action, credential } = answer
  const chain = hops.map((hop, index): GraphNode => {
    const agent = hop.type === 'agent'
    const before = hops[index - 1]
    return {
      kind: hop.type,
      label: short(agent ? (hop.template ?? hop.id) : hop.id),
      sub: short(agent ? `instance ${hop.id} · ${hop.grade}` : `${hop.type} · ${hop.grade}`),
      by: before?.type === 'agent' ? 'delegated to' : 'asked',
      dashed: hop.grade === 'inferred' || hop.grade === 'none' || hop.grade === 'contradicted',
    }
  })
  const left = chain.length - nodesMax
  if (left > 0) {
    const rest = {
      kind: 'more',
      label: `${left + 1} more`,
      sub: 'the list has all',
      by: '',
      dashed: true,
    }
    chain.splice(Math.floor(nodesMax / 2), left + 1, rest)
  }
  if (action === null || chain.length === 0) return chain
  const borrowed = credential?.borrowed === true ? ', borrowed credential' : ''
  const tool = action.tool === null ? '' : ` with ${action.tool}`
  chain.push({
    kind: 'resource',
    label: short(action.resource?.id ?? 'no resource on record'),
    sub: short(action.outcome ?? 'outcome not on record'),
    by: short(`${action.verb}${tool}${borrowed}`, edgeMax),
    dashed: false,
  })
  return chain
}

function short(text: string, max = labelMax): string {
  const plain = visibleText(text)
  return plain.length <= max ? plain : `${plain.slice(0, max - 1)}…`
}
