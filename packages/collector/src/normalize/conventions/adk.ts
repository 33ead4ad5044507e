import type { RecordKind } from '@whodid/model'
import { lastUserText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** Google's Agent Development Kit (scope `gcp.vertex.agent`); agents and tools it names in `gen_ai` attributes. */
export const adk: Convention = {
  name: 'adk',
  speaks: ({ scopeName }) => scopeName === 'gcp.vertex.agent',
  ofAgent: () => true,
  kind: ({ name }) => {
    if (name === 'call_llm') return 'model_call'
    if (name === 'invocation') return 'session'
    // A span that sums up tools which have spans of their own.
    return name.includes('(merged tools)') ? 'other' : ''
  },
  read: readAdk,
}

function readAdk({ attributes }: Telemetry, kind: RecordKind): Claims {
  const isTool = kind === 'tool_call'
  return {
    sessionId: textOf(attributes, 'gcp.vertex.agent.session_id'),
    content: isTool
      ? textOf(attributes, 'gcp.vertex.agent.tool_call_args')
      : lastUserText(attributes.get('gcp.vertex.agent.llm_request')),
    result: isTool
      ? textOf(attributes, 'gcp.vertex.agent.tool_response')
      : textOf(attributes, 'gcp.vertex.agent.llm_response'),
  }
}
