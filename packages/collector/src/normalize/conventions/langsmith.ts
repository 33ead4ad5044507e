import type { RecordKind } from '@whodid/model'
import { joinedText, lastUserText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const kinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    llm: 'model_call',
    embedding: 'model_call',
    tool: 'tool_call',
    retriever: 'input',
  }),
)

/**
 * LangSmith's OpenTelemetry output, by `langsmith.span.kind`. `gen_ai.prompt` and `gen_ai.completion` hold a run's
 * input and output: on a tool span these are its arguments and its result.
 */
export const langsmith: Convention = {
  name: 'langsmith',
  speaks: ({ attributes }) => attributes.has('langsmith.span.kind'),
  ofAgent: () => true,
  kind: (telemetry) => {
    const kind = textOf(telemetry.attributes, 'langsmith.span.kind')
    if (kind === 'chain' && telemetry.isRoot) return 'prompt'
    return kinds.get(kind) ?? 'other'
  },
  read: readLangsmith,
}

function readLangsmith({ attributes }: Telemetry, kind: RecordKind): Claims {
  const given = textOf(attributes, 'gen_ai.prompt')
  const gave = textOf(attributes, 'gen_ai.completion')
  const isModel = kind === 'model_call'
  return {
    sessionId: textOf(attributes, 'langsmith.metadata.session_id'),
    conversationId: textOf(attributes, 'langsmith.metadata.thread_id'),
    content: (isModel && lastUserText(given)) || given,
    result: (isModel && joinedText(gave)) || gave,
  }
}
