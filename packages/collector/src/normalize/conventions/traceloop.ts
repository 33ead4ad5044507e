import { attribute } from '@whodid/model'
import type { RecordKind } from '@whodid/model'
import { promptText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const kinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    workflow: 'session',
    agent: 'prompt',
    task: 'other',
    tool: 'tool_call',
  }),
)

/** OpenLLMetry (Traceloop), by `traceloop.span.kind` or its association properties. Its model calls speak `gen_ai`. */
export const traceloop: Convention = {
  name: 'traceloop',
  speaks: ({ attributes, scopeName }) =>
    attributes.has('traceloop.span.kind') || scopeName.startsWith('@traceloop/'),
  ofAgent: () => true,
  kind: ({ attributes }) => {
    const kind = textOf(attributes, 'traceloop.span.kind')
    // LangGraph's run of an agent is reported as a workflow, and in standard names as an agent's.
    if (kind === 'workflow' && textOf(attributes, attribute.operationName) === 'invoke_agent')
      return 'prompt'
    return kinds.get(kind) ?? ''
  },
  read: readTraceloop,
}

function readTraceloop({ attributes }: Telemetry, kind: RecordKind): Claims {
  const input = textOf(attributes, 'traceloop.entity.input')
  return {
    toolName: kind === 'tool_call' ? textOf(attributes, 'traceloop.entity.name') : '',
    sessionId: textOf(attributes, 'traceloop.association.properties.session_id'),
    conversationId: textOf(attributes, 'traceloop.association.properties.thread_id'),
    content: kind === 'tool_call' ? input : promptText(input),
    result: textOf(attributes, 'traceloop.entity.output'),
  }
}
