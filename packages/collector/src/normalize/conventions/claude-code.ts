import type { Outcome, RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const spanKinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    'claude_code.interaction': 'prompt',
    'claude_code.llm_request': 'model_call',
    'claude_code.tool': 'tool_call',
    'claude_code.tool.blocked_on_user': 'approval',
    'claude_code.tool.execution': 'action',
  }),
)

/** Log records by their event. Other events are `other`: they repeat a span, or are no act. */
const eventKinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    user_prompt: 'prompt',
    tool_decision: 'approval',
  }),
)

/** Tools whose name states the verb on a file. The others `execute`. */
const verbOfTool: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    Read: 'read',
    Edit: 'update',
    MultiEdit: 'update',
    NotebookEdit: 'update',
    Write: 'update',
  }),
)

/** The placeholder for text that the emitter is configured to withhold. */
const withheld = '<REDACTED>'

/** Claude Code and its agent SDK: spans of the scope `…tracing`, log records of the scope `…events`. */
export const claudeCode: Convention = {
  name: 'claude_code',
  speaks: ({ scopeName }) => scopeName.startsWith('com.anthropic.claude_code'),
  ofAgent: () => true,
  kind: ({ signal, name }) =>
    (signal === 'span'
      ? spanKinds.get(name)
      : eventKinds.get(name.replace(/^claude_code\./u, ''))) ?? 'other',
  read: readClaudeCode,
}

function readClaudeCode(telemetry: Telemetry, kind: RecordKind): Claims {
  const { attributes } = telemetry
  const decision = decisionOf(textOf(attributes, 'decision'))
  const path = textOf(attributes, 'file_path')
  const toolName = textOf(attributes, 'tool_name')
  return {
    toolName,
    toolCallId: textOf(attributes, 'tool_use_id'),
    verb: verbOfTool.get(toolName) ?? (kind === 'action' ? 'execute' : ''),
    resourceId: path.startsWith('/') ? `file:${path}` : '',
    instanceParentId: parentOf(attributes),
    approvalDecision: kind === 'approval' ? decision : '',
    approvalSource: kind === 'approval' ? sourceOf(textOf(attributes, 'source')) : '',
    // The arrival of a model's answer is no act.
    outcome: kind === 'model_call' ? '' : outcomeOf(textOf(attributes, 'success'), decision),
    promptOrigin: isNotification(attributes) ? 'system' : '',
    content: shown(firstText(attributes, contentKeys)),
    result: shown(toolOutput(telemetry) || textOf(attributes, 'response')),
  }
}

const contentKeys = ['user_prompt', 'prompt', 'tool_input', 'full_command', 'tool_parameters']

function decisionOf(decision: string): 'allow' | 'deny' | '' {
  if (decision === 'accept') return 'allow'
  return decision === 'reject' || decision === 'cancelled' ? 'deny' : ''
}

function sourceOf(source: string): string {
  return source.startsWith('user') ? 'human' : source
}

/** A call that was rejected leaves a tool span of unset status: only the decision and `success` say how it ended. */
function outcomeOf(success: string, decision: 'allow' | 'deny' | ''): Outcome | '' {
  if (decision === 'deny') return 'denied'
  if (success === 'true') return 'success'
  return success === 'false' ? 'failure' : ''
}

/** A subagent is an instance of its own, started by the one that its session or `parent_agent_id` names. */
function parentOf(attributes: Attributes): string {
  if (textOf(attributes, 'agent_id') === '') return ''
  return firstText(attributes, ['parent_agent_id', 'session.id'])
}

/** A prompt that the program wrote itself, when a task in the background had ended. */
function isNotification(attributes: Attributes): boolean {
  return firstText(attributes, ['user_prompt', 'prompt']).startsWith('<task-notification>')
}

function toolOutput(telemetry: Telemetry): string {
  const event = telemetry.events.find(({ name }) => name === 'tool.output')
  return event === undefined ? '' : textOf(event.attributes, 'output')
}

function shown(text: string): string {
  return text === withheld ? '' : text
}
