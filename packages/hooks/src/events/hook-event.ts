/** What an agent's hook reports, whatever the product calls it. */
export type HookEventKind =
  | 'session_started'
  | 'session_ended'
  | 'prompt'
  | 'tool_begins'
  | 'tool_ended'
  | 'permission_asked'
  | 'permission_denied'
  | 'subagent_started'
  | 'subagent_ended'

/** One event of a hook. A text that the product does not give is ''. */
export interface HookEvent {
  readonly kind: HookEventKind
  readonly sessionId: string
  /** The sub-agent that it happened in, and its sort; '' in the agent itself. */
  readonly agentId: string
  readonly agentType: string
  readonly tool: string
  /** The model's own ID of the call. */
  readonly callId: string
  readonly input: unknown
  readonly result: unknown
  /** The reason for which a call failed or was denied, or a session ended. */
  readonly error: string
  readonly outcome: 'success' | 'failure' | 'denied' | ''
  readonly prompt: string
  readonly directory: string
  /** The signed-in person, where the product names one. */
  readonly person: string
}

/** The payload of a hook, as parsed. */
export type Payload = Readonly<Record<string, unknown>>

/** The text of the first of some members that is one. */
export function textIn(payload: Payload, ...names: readonly string[]): string {
  for (const name of names) {
    const value = payload[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** A member that is an object; an empty one otherwise. */
export function objectIn(payload: Payload, name: string): Payload {
  const value = payload[name]
  // Sound: its members stay unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Payload)
    : {}
}

/** The members that most products name alike, or nearly so. */
export function readEvent(kind: HookEventKind, payload: Payload): HookEvent {
  return {
    kind,
    sessionId: textIn(payload, 'session_id', 'sessionId', 'conversation_id', 'sessionID'),
    agentId: textIn(payload, 'agent_id', 'agentId', 'subagent_id'),
    agentType: textIn(payload, 'agent_type', 'agentType', 'subagent_type', 'agentName'),
    tool: textIn(payload, 'tool_name', 'toolName', 'tool'),
    callId: textIn(payload, 'tool_use_id', 'callID'),
    input: parsed(payload['tool_input'] ?? payload['toolArgs'] ?? payload['args']),
    result:
      payload['tool_response'] ??
      payload['tool_output'] ??
      payload['toolResult'] ??
      payload['output'],
    error: textIn(payload, 'error', 'error_message', 'reason'),
    outcome: '',
    prompt: textIn(payload, 'prompt'),
    directory: textIn(payload, 'cwd'),
    person: textIn(payload, 'user_email'),
  }
}

/** Some products give a call's arguments as text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/u.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    // Text that only begins like JSON.
    return value
  }
}
