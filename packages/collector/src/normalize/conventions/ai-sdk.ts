import type { RecordKind } from '@whodid/model'
import { lastUserText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** Vercel AI SDK 5 and 6 (scope `ai`). Version 7 speaks `gen_ai`. */
export const aiSdk: Convention = {
  name: 'ai_sdk',
  speaks: ({ attributes }) => attributes.has('ai.operationId'),
  ofAgent: () => true,
  kind: ({ attributes }) => kindOf(textOf(attributes, 'ai.operationId')),
  read: readAiSdk,
}

function kindOf(operation: string): RecordKind {
  if (operation === 'ai.toolCall') return 'tool_call'
  if (/\.do[A-Z]/u.test(operation) || operation.startsWith('ai.embed')) return 'model_call'
  return /^ai\.(?:generate|stream)/u.test(operation) ? 'prompt' : 'other'
}

function readAiSdk({ attributes }: Telemetry, kind: RecordKind): Claims {
  const claims: Claims = {
    toolName: textOf(attributes, 'ai.toolCall.name'),
    toolCallId: textOf(attributes, 'ai.toolCall.id'),
    sessionId: textOf(attributes, 'ai.telemetry.metadata.sessionId'),
  }
  if (kind === 'tool_call')
    return {
      ...claims,
      content: textOf(attributes, 'ai.toolCall.args'),
      result: textOf(attributes, 'ai.toolCall.result'),
    }
  return {
    ...claims,
    content: lastUserText(attributes.get('ai.prompt.messages') ?? attributes.get('ai.prompt')),
    result: textOf(attributes, 'ai.response.text') || textOf(attributes, 'ai.response.object'),
  }
}
