import type { RecordKind } from '@whodid/model'
import { joinedText, lastUserText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** Mastra, by `mastra.span.type`; kinds and messages it states in `gen_ai` names. */
export const mastra: Convention = {
  name: 'mastra',
  speaks: ({ attributes }) => attributes.has('mastra.span.type'),
  ofAgent: () => true,
  kind: () => '',
  read: readMastra,
}

function readMastra({ attributes }: Telemetry, kind: RecordKind): Claims {
  return {
    sessionId: textOf(attributes, 'mastra.metadata.sessionId'),
    conversationId: textOf(attributes, 'mastra.metadata.threadId'),
    content: kind === 'prompt' ? lastUserText(attributes.get('mastra.agent_run.input')) : '',
    result: kind === 'prompt' ? joinedText(attributes.get('mastra.agent_run.output')) : '',
  }
}
