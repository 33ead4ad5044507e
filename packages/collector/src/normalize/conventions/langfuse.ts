import type { RecordKind } from '@whodid/model'
import { joinedText, promptText } from './message-text.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const kinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    agent: 'prompt',
    generation: 'model_call',
    embedding: 'model_call',
    tool: 'tool_call',
    retriever: 'input',
  }),
)

/** Langfuse's own spans, by `langfuse.observation.type`. A tool's or an agent's name is that of its span. */
export const langfuse: Convention = {
  name: 'langfuse',
  speaks: ({ attributes }) => attributes.has('langfuse.observation.type'),
  // Any traced function is a `span` or an `event`: they indicate no agent.
  ofAgent: ({ attributes }) => kinds.has(typeOf(attributes)),
  kind: ({ attributes }) => kinds.get(typeOf(attributes)) ?? '',
  read: readLangfuse,
}

function typeOf(attributes: Telemetry['attributes']): string {
  return textOf(attributes, 'langfuse.observation.type').toLowerCase()
}

function readLangfuse({ name, attributes }: Telemetry, kind: RecordKind): Claims {
  const input = textOf(attributes, 'langfuse.observation.input')
  const output = textOf(attributes, 'langfuse.observation.output')
  const isMessages = kind === 'prompt' || kind === 'model_call'
  const level = textOf(attributes, 'langfuse.observation.level').toUpperCase()
  return {
    toolName: kind === 'tool_call' ? name : '',
    sessionId: firstText(attributes, ['langfuse.session.id', 'langfuse.trace.sessionId']),
    outcome: kind === 'tool_call' && level === 'ERROR' ? 'failure' : '',
    content: isMessages ? promptText(input) : input,
    result: (isMessages && joinedText(output)) || output,
  }
}
