import { printableLine } from '@whodid/model'
import type { ChainHop } from '@whodid/model'
import { renderInstant, renderOffset } from '../time/instant.ts'
import type { Palette } from './terminal-text.ts'

const depthMax = 12
const offsetWidth = 13

/** Beginnings of span names that repeat the kind of record. */
const operationPrefix =
  /^(?:session|prompt|plan|delegate|invoke_agent|create_agent|execute_tool|chat|intent) (?=\S)/u

/**
 * The chain as a tree, root first: each record below the one it followed from, with its time after the root's. The last,
 * the action asked about, is marked; a change of the acting instance is named.
 */
export function chainLines(chain: readonly ChainHop[], palette: Palette): string[] {
  const root = chain[0]
  if (root === undefined) return []
  const lines = chain.map((hop, index) => {
    const offset = index === 0 ? '' : renderOffset(root.started_at, hop.started_at)
    const indent = '   '.repeat(Math.min(Math.max(index - 1, 0), depthMax))
    const branch = index === 0 ? '' : `${indent}└─ `
    const handedOver = hop.instance !== null && hop.instance !== chain[index - 1]?.instance
    const last = index === chain.length - 1
    return `  ${palette.dim(offset.padEnd(offsetWidth))}${palette.dim(branch)}${describe(hop, palette)}${handedOver ? actingAs(hop, palette) : ''}${last ? palette.bold('  ◀ this') : ''}`
  })
  return [`  ${palette.dim(renderInstant(root.started_at))}`, ...lines]
}

function describe(hop: ChainHop, palette: Palette): string {
  const called = (hop.tool ?? hop.name).replace(operationPrefix, '')
  const subject = called === hop.record_kind ? '' : ` ${printableLine(called, 80)}`
  const resource = hop.resource === null ? '' : ` → ${printableLine(hop.resource, 120)}`
  const { outcome: ended } = hop
  const outcome = ended === 'failure' || ended === 'denied' ? ` ${palette.red(ended)}` : ''
  return `${palette.cyan(hop.record_kind)}${subject}${resource}${outcome}`
}

function actingAs(hop: ChainHop, palette: Palette): string {
  const template = hop.template === null ? '' : ` of ${printableLine(hop.template, 80)}`
  return palette.dim(`  as ${printableLine(hop.instance ?? '', 80)}${template}`)
}
