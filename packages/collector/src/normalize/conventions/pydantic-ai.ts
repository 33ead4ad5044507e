import type { RecordKind } from '@whodid/model'
import { joinedText, lastUserText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/**
 * Pydantic AI (scope `pydantic-ai`). Kinds, agents and, in its newer formats, tools it names in `gen_ai` attributes; an
 * agent's prompt stands in names of its own, and a tool's arguments do so up to its format 2.
 */
export const pydanticAi: Convention = {
  name: 'pydantic_ai',
  speaks: ({ scopeName }) => scopeName === 'pydantic-ai',
  ofAgent: () => true,
  kind: () => '',
  read: readPydanticAi,
}

function readPydanticAi({ attributes }: Telemetry, kind: RecordKind): Claims {
  if (kind === 'tool_call')
    return {
      content: textOf(attributes, 'tool_arguments'),
      result: textOf(attributes, 'tool_response'),
    }
  if (kind !== 'prompt') return {}
  return {
    content: lastUserText(
      attributes.get('pydantic_ai.all_messages') ?? attributes.get('all_messages_events'),
    ),
    result: joinedText(attributes.get('final_result')),
  }
}
