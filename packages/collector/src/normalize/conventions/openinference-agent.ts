import { isObjectId } from './object-id.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'

/** The names of an agent's graph node in instrumentations that give every agent the same name. */
const commonNames = new Set(['strands_agent', 'agent', 'root', 'supervisor_root'])

/** Prefixes of node IDs that instrumentations make up. */
const madeUp = ['agent_', 'cycle_', 'llm_', 'tool_', 'chain_', 'workflow_', 'executor_']

/** Classes of the frameworks, by which a span is called whose agent has no name of its own. */
const classes = new Set(
  (
    'Agent CodeAgent ToolCallingAgent MultiStepAgent ManagedAgent FunctionAgent ReActAgent CodeActAgent AgentWorkflow ' +
    'BaseWorkflowAgent AgentRunner AssistantAgent BaseChatAgent UserProxyAgent Team Crew Workflow Module ReAct Predict ' +
    'ChainOfThought ProgramOfThought CodeAct MultiChainComparison BestOfN Refine Parallel Avatar ChatAdapter JSONAdapter'
  ).split(' '),
)

/** The suffixes of an agent's span behind the agent's name. */
const methods = [
  '.run',
  '.arun',
  '.kickoff',
  '._execute_core',
  '.execute_task',
  '.forward',
  '.aforward',
  '.on_messages_stream',
  '.on_messages',
  '.run_stream',
  '.invoke',
  '.ainvoke',
]

const nameLengthMax = 200

/** The name of the graph's node, of an agent's span. */
export function nodeNameOfAgent(telemetry: Telemetry): string {
  return isAgent(telemetry) ? ownName(textOf(telemetry.attributes, 'graph.node.name')) : ''
}

/** The ID of the graph's node, of an agent's span, where it is the agent's name and not made up for the graph. */
export function nodeIdOfAgent(telemetry: Telemetry): string {
  if (!isAgent(telemetry)) return ''
  const id = ownName(textOf(telemetry.attributes, 'graph.node.id'))
  return isObjectId(id) || madeUp.some((prefix) => id.startsWith(prefix)) ? '' : id
}

/** The agent's name in the name of its span, as smolagents and DSPy have it; '' where it is only a framework's class. */
export function spanNameOfAgent(telemetry: Telemetry): string {
  if (!isAgent(telemetry) && !isProgramOfDspy(telemetry)) return ''
  const name = telemetry.name.slice(0, nameLengthMax)
  const method = methods.find((one) => name.endsWith(one))
  if (method === undefined) return ''
  const own = ownName(name.slice(0, -method.length))
  return isObjectId(own) || own.includes('(') ? '' : own
}

/** A program of DSPy is a chain, and an agent where it is the root of the call. */
function isProgramOfDspy({ scopeName, isRoot, attributes }: Telemetry): boolean {
  return (
    isRoot && scopeName === 'openinference.instrumentation.dspy' && kindOf(attributes) === 'CHAIN'
  )
}

const marker = "current_agent_name='"

/** UTF-16 units of a text that the marker is looked for in. */
const textLengthMax = 64 * 1024

/** The agent at work in a step of LlamaIndex, which stands in the step's input or output. */
export function currentAgentName({ scopeName, attributes }: Telemetry): string {
  if (scopeName !== 'openinference.instrumentation.llama_index') return ''
  return (
    nameAfterMarker(textOf(attributes, 'input.value')) ||
    nameAfterMarker(textOf(attributes, 'output.value'))
  )
}

function nameAfterMarker(text: string): string {
  const at = text.slice(0, textLengthMax).lastIndexOf(marker)
  if (at < 0) return ''
  const start = at + marker.length
  const end = text.indexOf("'", start)
  if (end < 0 || end - start > nameLengthMax) return ''
  const name = ownName(text.slice(start, end))
  return name.includes('\\') ? '' : name
}

function ownName(name: string): string {
  const trimmed = name.trim()
  return classes.has(trimmed) || commonNames.has(trimmed.toLowerCase()) ? '' : trimmed
}

function isAgent({ attributes }: Telemetry): boolean {
  return kindOf(attributes) === 'AGENT'
}

function kindOf(attributes: Telemetry['attributes']): string {
  return firstText(attributes, ['openinference.span.kind']).toUpperCase()
}
