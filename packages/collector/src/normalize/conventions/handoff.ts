import { attribute } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { argumentOf, targetOfTool } from './handoff-tool.ts'
import type { ToolTarget } from './handoff-tool.ts'
import { speaksWhodid, isObjectId } from './object-id.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'
import { toolNameIn } from './tool-name.ts'

/** Attributes that mark a hand-over: the kind of the interaction, or of the span. */
const kindKeys = ['gen_ai.agent.interaction.type', 'agent.interaction.type', 'traceloop.span.kind']

/** Attributes of their own that name the target. */
const targetKeys = [
  'gen_ai.agent.handoff.target.name',
  'gen_ai.agent.handoff.target.id',
  'gen_ai.agent.interaction.target.name',
  'gen_ai.agent.target.name',
  'gen_ai.agent.target.id',
  'gen_ai.handoff.to_agent',
  'gen_ai.agent.handoff.to',
  'gen_ai.handoff.target',
  'agent.handoff.target',
  'agent.handoff.to',
  'handoff.target',
  'handoff.target_agent',
  'handoff.to_agent',
  'handoff.to',
]

/** Attributes that name the agent that hands over. */
const sourceKeys = [
  'gen_ai.agent.handoff.source.name',
  'gen_ai.agent.interaction.source.name',
  'gen_ai.agent.source.name',
  'gen_ai.handoff.from_agent',
  'gen_ai.agent.handoff.from',
  'gen_ai.handoff.source',
  'agent.handoff.source',
  'agent.handoff.from',
  'handoff.source',
  'handoff.source_agent',
  'handoff.from_agent',
  'handoff.from',
]

/** Operations and kinds that are a handing over. */
const words = new Set([
  'handoff',
  'hand_off',
  'agent_handoff',
  'handoff_agent',
  'transfer',
  'agent_transfer',
  'transfer_to_agent',
  'delegate',
  'delegation',
  'delegate_agent',
  'escalation',
])

/** Operations of a span that may be one: a tool's, or none that the conventions know. */
const openOperations = new Set(['', 'execute_tool', 'tool_call'])

/** Names of an agent that, on such a span, are the target's. */
const agentNameKeys = [
  attribute.templateId,
  attribute.templateName,
  attribute.templateVersion,
  'gen_ai.agent.description',
  'agent.name',
  'agent.id',
  'agent.type.id',
]

/** A span by which an agent hands its task to another. */
export interface Handoff {
  /** The agent that goes on; '' where none is named. */
  readonly target: string
  /** The agent that hands over, where the span itself names it. */
  readonly source: string
  /** True when the agent that the span names is the target, and not the agent that hands over. */
  readonly namesTarget: boolean
  readonly tool: string
}

/**
 * A hand-over from one agent to another, in any vocabulary: it is a delegation, done by the actor above it. The agent it
 * names is the target, unless it names a target beside. A tool that is only called `transfer_to_x` may move money.
 */
export const handoff: Convention = {
  name: 'handoff',
  speaks: (telemetry) => handoffOf(telemetry) !== undefined,
  ofAgent: () => true,
  kind: () => 'delegation',
  read: (telemetry) => readHandoff(telemetry),
}

/** Reads a hand-over; undefined for a span that is none, and for one that speaks Whodid's own names. */
export function handoffOf(telemetry: Telemetry): Handoff | undefined {
  const { attributes, signal } = telemetry
  const operation = textOf(attributes, attribute.operationName).toLowerCase()
  if (signal !== 'span' || (!openOperations.has(operation) && !words.has(operation)))
    return undefined
  const tool = toolOf(telemetry)
  const byTool = targetOfTool(tool)
  const stated = firstText(attributes, targetKeys) || targetOfSpan(telemetry)
  const name = firstText(attributes, [attribute.templateName, 'agent.name'])
  const isSaid = words.has(operation) || isSaidBy(telemetry) || byTool.isSure
  if (stated === '' && !isSaid && !isSameName(name, byTool.target)) return undefined
  if (speaksWhodid(attributes)) return undefined
  const target = stated || targetOf(byTool, name, attributes)
  const source = firstText(attributes, sourceKeys) || sourceOfSpan(telemetry)
  return { target, source, tool, namesTarget: isSameName(name, target) }
}

/** The target where none is stated: the agent in the arguments, else the agent named, unless the tool is called after another one. */
function targetOf(byTool: ToolTarget, name: string, attributes: Attributes): string {
  const inArguments = byTool.argument ? argumentOf(attributes) : ''
  const isFree = byTool.target === '' || isSameName(name, byTool.target)
  return inArguments || (isFree ? name : '') || byTool.target
}

/** Returns the span without its agent's name: the agent that it names does not act. */
export function withoutTarget(telemetry: Telemetry): Telemetry {
  const attributes = new Map(telemetry.attributes)
  for (const key of agentNameKeys) attributes.delete(key)
  return { ...telemetry, attributes }
}

function readHandoff(telemetry: Telemetry): Claims {
  const found = handoffOf(telemetry)
  if (found === undefined) return {}
  const { statusCode, attributes } = telemetry
  const isFailed = statusCode === 2 || attributes.has('error.type')
  const target = templateOf(found, attributes)
  return {
    toolName: found.tool,
    verb: 'delegate',
    outcome: isFailed ? 'failure' : statusCode === 1 ? 'success' : '',
    resourceId: target === '' ? '' : `agent:template:${target}`,
    ...sourceClaims(found, attributes),
  }
}

/** The agent that hands over, unless the span names it in the template's own attribute. */
function sourceClaims({ source, namesTarget }: Handoff, attributes: Attributes): Claims {
  const isSaid = !namesTarget && attributes.has(attribute.templateId)
  return source === '' || isSaid ? {} : { templateId: source, templateRule: 'handoff.source_agent' }
}

/** The target as a template: by its ID where it has one that is not an object's. */
function templateOf({ target, namesTarget }: Handoff, attributes: Attributes): string {
  const id = namesTarget ? textOf(attributes, attribute.templateId) : ''
  return id === '' || isObjectId(id) ? target : id
}

function toolOf({ name, attributes }: Telemetry): string {
  return firstText(attributes, [attribute.toolName, 'tool.name', 'tool_name']) || toolNameIn(name)
}

function isSaidBy({ attributes }: Telemetry): boolean {
  return kindKeys.some((key) => words.has(textOf(attributes, key).toLowerCase()))
}

const spanPrefix = 'handoff to '

/** Of OpenAI's Agents under OpenInference: a tool's span, named after the target, whose input and output name the two agents. */
function isOpenInferenceHandoff({ name, attributes }: Telemetry): boolean {
  if (textOf(attributes, 'openinference.span.kind') !== 'TOOL' || attributes.has('tool.name'))
    return false
  return name.startsWith(spanPrefix) || name === 'handoff'
}

function targetOfSpan(telemetry: Telemetry): string {
  const { name, attributes } = telemetry
  if (isOpenInferenceHandoff(telemetry))
    return textOf(attributes, 'output.value') || name.slice(spanPrefix.length)
  return name.toLowerCase().startsWith('handoff') ? textOf(attributes, 'to_agent') : ''
}

function sourceOfSpan(telemetry: Telemetry): string {
  const { name, attributes } = telemetry
  if (isOpenInferenceHandoff(telemetry)) return textOf(attributes, 'input.value')
  return name.toLowerCase().startsWith('handoff') ? textOf(attributes, 'from_agent') : ''
}

/** True when two names are one agent's: as its tool spells it, and as it is called. */
function isSameName(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)]
  return a !== '' && b !== '' && (a === b || a === `${b}agent` || b === `${a}agent`)
}

const nameLengthMax = 256

function plain(name: string): string {
  return name
    .slice(0, nameLengthMax)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
