import type { DelegatorType, LedgerRecord } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { isInstanceScope, namesObject } from './object-id.ts'
import {
  currentAgentName,
  nodeIdOfAgent,
  nodeNameOfAgent,
  spanNameOfAgent,
} from './openinference-agent.ts'
import { textOf } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'

/** A claim that a rule derived from a name other than its canonical one. */
export interface InferredClaim {
  readonly id: string
  readonly rule: string
}

/** Another name of a claim. The rule's name stands beside the claim for good: never rename one. */
interface Alias {
  readonly rule: string
  readonly key: string
  /** The name of the claim within the JSON object that the attribute holds. */
  readonly member?: string
  /** Reads the name where it is no attribute's whole text. */
  readonly read?: (telemetry: Telemetry) => string
  /** Emitters of which this is true; all when absent. */
  readonly only?: (telemetry: Telemetry) => boolean
}

/** Other names of the template, the surest first. */
const templateAliases: readonly Alias[] = [
  { rule: 'a365.blueprint_id', key: 'microsoft.a365.agent.blueprint.id' },
  { rule: 'gen_ai.main_agent_id', key: 'gen_ai.main_agent.id' },
  { rule: 'agent.type_id', key: 'agent.type.id' },
  { rule: 'gen_ai.agent_name', key: 'gen_ai.agent.name' },
  { rule: 'agent.name', key: 'agent.name' },
  { rule: 'openinference.graph_node_name', key: 'graph.node.name', read: nodeNameOfAgent },
  { rule: 'openinference.graph_node_id', key: 'graph.node.id', read: nodeIdOfAgent },
  { rule: 'openinference.current_agent_name', key: 'input.value', read: currentAgentName },
  { rule: 'openinference.agent_span_name', key: 'openinference.span.kind', read: spanNameOfAgent },
  { rule: 'voltagent.subagent_id', key: 'subagent.id', only: isVoltAgent },
  {
    rule: 'voltagent.entity_id',
    key: 'entity.id',
    only: (telemetry) =>
      isVoltAgent(telemetry) && textOf(telemetry.attributes, 'entity.type') === 'agent',
  },
  { rule: 'ai_sdk.function_id', key: 'ai.telemetry.functionId' },
  {
    rule: 'traceloop.agent_entity',
    key: 'traceloop.entity.name',
    only: (telemetry) => textOf(telemetry.attributes, 'traceloop.span.kind') === 'agent',
  },
  { rule: 'langsmith.lc_agent_name', key: 'langsmith.metadata.lc_agent_name' },
  { rule: 'traceloop.lc_agent_name', key: 'traceloop.association.properties.lc_agent_name' },
  {
    rule: 'openinference.lc_agent_name',
    key: 'metadata',
    member: 'lc_agent_name',
    only: isOpenInference,
  },
  // Weak: one service may run many agents. It is better than none, and its grade shows that.
  { rule: 'resource.service_name', key: 'service.name' },
]

/** Other names of the instance, the surest first. */
const instanceAliases: readonly Alias[] = [
  { rule: 'agent.instance_id', key: 'agent.instance.id' },
  { rule: 'gen_ai.agent_call_id', key: 'gen_ai.agent.call.id' },
  { rule: 'gen_ai.agent_run_id', key: 'gen_ai.agent.run_id' },
  { rule: 'gen_ai.agent_invocation_id', key: 'gen_ai.agent.invocation.id' },
  {
    rule: 'gen_ai.agent_id_of_instance_scope',
    key: 'gen_ai.agent.id',
    only: (telemetry) => isInstanceScope(telemetry.scopeName),
  },
  { rule: 'gen_ai.agent_object_id', key: 'gen_ai.agent.id', only: namesObject },
  { rule: 'voltagent.operation_id', key: 'operation.id', only: isVoltAgent },
  { rule: 'claude_code.agent_id', key: 'agent_id', only: isClaudeCode },
  { rule: 'mastra.run_id', key: 'mastra.metadata.runId' },
  { rule: 'adk.invocation_id', key: 'gcp.vertex.agent.invocation_id' },
  // Weak: a session may hold several runs. The editor's session is a window and identifies no run.
  {
    rule: 'session_id',
    key: 'session.id',
    only: (telemetry) => textOf(telemetry.resource, 'service.name') !== 'copilot-chat',
  },
]

/** Other names of the delegator, the surest first. */
const delegatorAliases: readonly Alias[] = [
  { rule: 'enduser_id', key: 'enduser.id' },
  // In Claude Code `user.id` is a hash of the device and no person.
  { rule: 'user_id', key: 'user.id', only: (telemetry) => !isClaudeCode(telemetry) },
  { rule: 'user_email', key: 'user.email' },
  { rule: 'user_account_uuid', key: 'user.account_uuid' },
  { rule: 'traceloop.user_id', key: 'traceloop.association.properties.user_id' },
  {
    rule: 'openinference.metadata_user_id',
    key: 'metadata',
    member: 'user_id',
    only: isOpenInference,
  },
  { rule: 'langsmith.user_id', key: 'langsmith.metadata.user_id' },
  { rule: 'ai_sdk.metadata_user_id', key: 'ai.telemetry.metadata.userId' },
  { rule: 'ai_sdk.context_user_id', key: 'ai.settings.context.userId' },
  { rule: 'mastra.user_id', key: 'mastra.metadata.userId' },
  { rule: 'mastra.resource_id', key: 'mastra.metadata.resourceId' },
  { rule: 'langfuse.user_id', key: 'langfuse.user.id' },
]

/** The template by the first alias that names it. */
export function inferTemplate(telemetry: Telemetry): InferredClaim | undefined {
  return infer(telemetry, templateAliases)
}

/** The instance by the first alias that names it. */
export function inferInstance(telemetry: Telemetry): InferredClaim | undefined {
  return infer(telemetry, instanceAliases)
}

/** The delegator by the first alias that names it; all these names are of people. */
export function inferDelegator(
  telemetry: Telemetry,
): (InferredClaim & { readonly type: DelegatorType }) | undefined {
  const claim = infer(telemetry, delegatorAliases)
  return claim === undefined ? undefined : { ...claim, type: 'human' }
}

/**
 * Names the sub-agent of Claude Code that a record is of, where its launcher named the instance of the whole run: an instance below it,
 * as its hooks name it too. Both parts of the name are stated, so that no rule stands beside it.
 */
export function nameSubagent(record: LedgerRecord, { scopeName, attributes }: Telemetry): void {
  if (!scopeName.startsWith('com.anthropic.claude_code')) return
  const agent = textOf(attributes, 'agent_id')
  const run = record.instanceId
  if (agent === '' || run === '' || run.endsWith(`/${agent}`)) return
  const parent = textOf(attributes, 'parent_agent_id')
  record.instanceId = `${run}/${agent}`
  record.instanceParentId = parent === '' ? run : `${run}/${parent}`
}

/** True when `user.id` names a person here. */
export function namesPerson(telemetry: Telemetry): boolean {
  return !isClaudeCode(telemetry)
}

function infer(telemetry: Telemetry, aliases: readonly Alias[]): InferredClaim | undefined {
  for (const alias of aliases) {
    if (alias.only !== undefined && !alias.only(telemetry)) continue
    const own =
      alias.read === undefined ? statedAt(telemetry.attributes, alias) : alias.read(telemetry)
    if (alias.read !== undefined && own === '') continue
    const id = own === '' ? statedAt(telemetry.resource, alias) : own
    if (id !== '') return { id, rule: alias.rule }
  }
  return undefined
}

function statedAt(attributes: Attributes, { key, member }: Alias): string {
  const text = textOf(attributes, key)
  return member === undefined ? text : memberOf(text, member)
}

/** UTF-16 units of a JSON object that a name is looked for in. */
const objectLengthMax = 64 * 1024

function memberOf(text: string, member: string): string {
  if (text.length > objectLengthMax || !text.includes(`"${member}"`)) return ''
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, member)) return ''
    const value: unknown = Reflect.get(parsed, member)
    return typeof value === 'string' ? value : ''
  } catch {
    // Not JSON after all: it says no name.
    return ''
  }
}

function isOpenInference({ attributes }: Telemetry): boolean {
  return attributes.has('openinference.span.kind')
}

function isVoltAgent({ scopeName, attributes }: Telemetry): boolean {
  return scopeName.startsWith('@voltagent/') || attributes.has('voltagent.operation_id')
}

function isClaudeCode(telemetry: Telemetry): boolean {
  return (
    telemetry.scopeName.startsWith('com.anthropic.claude_code') ||
    textOf(telemetry.resource, 'service.name') === 'claude-code'
  )
}
