import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { crewText } from './crew-text.ts'
import { promptText } from './message-text.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'
import { toolNameIn } from './tool-name.ts'

const kinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    LLM: 'model_call',
    EMBEDDING: 'model_call',
    RERANKER: 'model_call',
    TOOL: 'tool_call',
    AGENT: 'prompt',
    RETRIEVER: 'input',
  }),
)

/** OpenInference (Arize), by `openinference.span.kind`. */
export const openInference: Convention = {
  name: 'openinference',
  speaks: ({ attributes }) => attributes.has('openinference.span.kind'),
  ofAgent: () => true,
  kind: (telemetry) => {
    const kind = textOf(telemetry.attributes, 'openinference.span.kind').toUpperCase()
    // The root of a run is often a CHAIN, which holds the request.
    if (kind === 'CHAIN' && telemetry.isRoot) return 'prompt'
    return kinds.get(kind) ?? 'other'
  },
  read: readOpenInference,
}

function readOpenInference(telemetry: Telemetry, kind: RecordKind): Claims {
  const { attributes } = telemetry
  const input = textOf(attributes, 'input.value')
  const output = textOf(attributes, 'output.value')
  if (kind === 'tool_call')
    return {
      toolName: textOf(attributes, 'tool.name') || toolNameIn(telemetry.name) || telemetry.name,
      toolCallId: firstText(attributes, ['tool.id', 'tool_call.id']),
      content: input || textOf(attributes, 'tool.parameters'),
      result: output,
    }
  return {
    content:
      lastOfRole(attributes, 'llm.input_messages.', 'user') ||
      firstText(attributes, ['smolagents.task']) ||
      crewText(attributes) ||
      promptText(input),
    result: lastOfRole(attributes, 'llm.output_messages.', 'assistant') || output,
  }
}

/** The text of the last message of a role, of messages flattened to `<prefix><index>.message.<field>`. */
function lastOfRole(attributes: Attributes, prefix: string, role: string): string {
  let lastIndex = -1
  let text = ''
  for (const [key, value] of attributes) {
    if (value !== role || !key.startsWith(prefix) || !key.endsWith('.message.role')) continue
    const index = key.slice(prefix.length, -'.message.role'.length)
    const message = `${prefix}${index}.message.`
    const content = firstText(attributes, [
      `${message}content`,
      `${message}contents.0.message_content.text`,
    ])
    if (Number(index) <= lastIndex || content === '') continue
    lastIndex = Number(index)
    text = content
  }
  return text
}
