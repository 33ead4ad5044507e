import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { joinedText, promptText } from './message-text.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const kinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    agent: 'prompt',
    tool: 'tool_call',
    llm: 'model_call',
    embedding: 'model_call',
    retriever: 'input',
    workflow: 'session',
  }),
)

/**
 * VoltAgent (scope `@voltagent/core`): `entity.id` and `entity.type` name the span's owner, `span.type` its kind; the span of a run
 * has no `span.type`.
 */
export const voltAgent: Convention = {
  name: 'voltagent',
  speaks: ({ scopeName, attributes }) =>
    scopeName.startsWith('@voltagent/') ||
    attributes.has('voltagent.operation_id') ||
    (attributes.has('entity.type') && attributes.has('operation.id')),
  ofAgent: ({ attributes }) => isOfAgent(attributes),
  kind: ({ attributes }) => {
    const type = textOf(attributes, 'span.type').toLowerCase()
    if (type !== '') return kinds.get(type) ?? 'other'
    if (attributes.has('agent.state')) return 'prompt'
    return textOf(attributes, 'entity.type') === 'workflow' ? 'session' : 'other'
  },
  read: readVoltAgent,
}

/** True when it is of an agent, and not of a workflow alone. */
function isOfAgent(attributes: Attributes): boolean {
  return textOf(attributes, 'entity.type') === 'agent' || attributes.has('subagent.id')
}

function readVoltAgent({ attributes }: Telemetry, kind: RecordKind): Claims {
  const input = textOf(attributes, 'input')
  const output = textOf(attributes, 'output')
  const isCall = kind === 'tool_call' || kind === 'input'
  return {
    templateName: firstText(attributes, ['subagent.name', 'entity.name']),
    conversationId: firstText(attributes, ['conversation.id', 'voltagent.conversation_id']),
    toolName: kind === 'tool_call' ? firstText(attributes, ['tool.name', 'span.label']) : '',
    toolCallId: kind === 'tool_call' ? textOf(attributes, 'tool.call.id') : '',
    content: isCall ? input : promptText(firstText(attributes, ['input', 'llm.messages'])),
    result: isCall || kind === 'prompt' ? output : joinedText(output),
  }
}
