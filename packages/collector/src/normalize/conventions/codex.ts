import type { RecordKind } from '@whodid/model'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** Log records by their event. Other events are `other`: the course of a request or a stream is no act. */
const kinds: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    'codex.user_prompt': 'prompt',
    'codex.tool_decision': 'approval',
    'codex.tool_result': 'tool_call',
  }),
)

/** The placeholder for text that the emitter is configured to withhold. */
const withheld = '[REDACTED]'

/** OpenAI's Codex: its log records. Its spans describe its internals and state no prompt and no act. */
export const codex: Convention = {
  name: 'codex',
  speaks: ({ signal, name }) => signal === 'log' && name.startsWith('codex.'),
  ofAgent: () => true,
  kind: ({ name }) => kinds.get(name) ?? 'other',
  read: readCodex,
}

function readCodex({ attributes }: Telemetry, kind: RecordKind): Claims {
  const conversation = textOf(attributes, 'conversation.id')
  const content = firstText(attributes, ['prompt', 'arguments'])
  const claims: Claims = {
    sessionId: conversation,
    conversationId: conversation,
    toolName: textOf(attributes, 'tool_name'),
    toolCallId: textOf(attributes, 'call_id'),
    content: content === withheld ? '' : content,
  }
  if (kind === 'approval')
    return {
      ...claims,
      approvalDecision: decisionOf(textOf(attributes, 'decision')),
      approvalSource: sourceOf(textOf(attributes, 'source').toLowerCase()),
    }
  if (kind !== 'tool_call') return claims
  const success = textOf(attributes, 'success')
  const outcome = success === 'true' ? 'success' : success === 'false' ? 'failure' : ''
  return { ...claims, outcome, result: textOf(attributes, 'output') }
}

/** `approved`, `approved_for_session` and the like; `denied` and `abort`. */
function decisionOf(decision: string): 'allow' | 'deny' | '' {
  if (decision.startsWith('approved')) return 'allow'
  return decision.startsWith('denied') || decision === 'abort' ? 'deny' : ''
}

function sourceOf(source: string): string {
  return source === 'user' ? 'human' : source
}
