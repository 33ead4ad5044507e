import { attribute } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText } from './telemetry.ts'

/** The hand-over that a tool's name indicates. */
export interface ToolTarget {
  /** The agent in the tool's name; '' when there is none. */
  readonly target: string
  /** True when the name alone makes it a hand-over. */
  readonly isSure: boolean
  /** True when the target stands among the arguments. */
  readonly argument: boolean
}

const nothing: ToolTarget = { target: '', isSure: false, argument: false }

/** Tools of the frameworks that hand over to the agent that their arguments name. */
const byArgument = new Set([
  'transfer_to_agent',
  'handoff_to_agent',
  'hand_off_to_agent',
  'delegate_task',
  'delegate_to_agent',
  'delegate_work_to_coworker',
  'transfer_back_to_parent',
])

/** Sure because of the word; the others are so only where something else says the same. */
const surePrefixes = ['handoff_to_', 'hand_off_to_', 'handoff_transfer_to_']
const otherPrefixes = ['transfer_to_', 'transfer_back_to_', 'delegate_to_', 'escalate_to_']

/** UTF-16 units of a tool's name that are looked at. */
const nameLengthMax = 256

/** Reads the target of a hand-over from the tool's name, as `transfer_to_x` or `transferToX`. */
export function targetOfTool(tool: string): ToolTarget {
  const name = snake(tool.slice(0, nameLengthMax))
  if (byArgument.has(name)) return { target: '', isSure: true, argument: true }
  for (const prefix of surePrefixes)
    if (isBehind(name, prefix))
      return { ...nothing, target: name.slice(prefix.length), isSure: true }
  for (const prefix of otherPrefixes)
    if (isBehind(name, prefix)) return { ...nothing, target: name.slice(prefix.length) }
  return nothing
}

function isBehind(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && name.length > prefix.length
}

function snake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s\-.]/gu, '_')
}

/** Attributes that hold the arguments of a call. */
const argumentKeys = [
  attribute.toolCallArguments,
  'gcp.vertex.agent.tool_call_args',
  'input.value',
  'input',
  'tool_arguments',
  'traceloop.entity.input',
]

/** Names of the argument that is the target. */
const targetNames = new Set([
  'agent_name',
  'agent',
  'target_agent',
  'target_agents',
  'to_agent',
  'coworker',
  'recipient',
  'target',
])

const argumentsLengthMax = 64 * 1024

/** The agent that the arguments of a hand-over name; '' where there is none. */
export function argumentOf(attributes: Attributes): string {
  const text = firstText(attributes, argumentKeys)
  if (text === '' || text.length > argumentsLengthMax) return ''
  try {
    return memberOf(JSON.parse(text), 2)
  } catch {
    // No JSON: it names nobody.
    return ''
  }
}

function memberOf(parsed: unknown, levels: number): string {
  if (typeof parsed !== 'object' || parsed === null || levels === 0) return ''
  for (const [name, value] of Object.entries(parsed)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (targetNames.has(snake(name)) && typeof first === 'string') return first
  }
  for (const value of Object.values(parsed)) {
    const found = memberOf(value, levels - 1)
    if (found !== '') return found
  }
  return ''
}
