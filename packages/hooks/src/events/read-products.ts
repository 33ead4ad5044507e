import { objectIn, readEvent, textIn } from './hook-event.ts'
import type { HookEvent, HookEventKind, Payload } from './hook-event.ts'

/** The products whose hooks are known. */
export const products = [
  'claude-code',
  'codex',
  'gemini-cli',
  'cursor',
  'copilot-cli',
  'opencode',
] as const
export type Product = (typeof products)[number]

/** Their events, by the names under which each documents them. Others are not asked for. */
export const productEvents: Readonly<Record<Product, Readonly<Record<string, HookEventKind>>>> = {
  'claude-code': {
    SessionStart: 'session_started',
    UserPromptSubmit: 'prompt',
    PreToolUse: 'tool_begins',
    PermissionRequest: 'permission_asked',
    PermissionDenied: 'permission_denied',
    PostToolUse: 'tool_ended',
    PostToolUseFailure: 'tool_ended',
    SubagentStart: 'subagent_started',
    SubagentStop: 'subagent_ended',
    SessionEnd: 'session_ended',
  },
  codex: {
    SessionStart: 'session_started',
    UserPromptSubmit: 'prompt',
    PreToolUse: 'tool_begins',
    PermissionRequest: 'permission_asked',
    PostToolUse: 'tool_ended',
    SubagentStart: 'subagent_started',
    SubagentStop: 'subagent_ended',
    SessionEnd: 'session_ended',
  },
  'gemini-cli': {
    SessionStart: 'session_started',
    BeforeAgent: 'prompt',
    BeforeTool: 'tool_begins',
    Notification: 'permission_asked',
    AfterTool: 'tool_ended',
    SessionEnd: 'session_ended',
  },
  cursor: {
    sessionStart: 'session_started',
    beforeSubmitPrompt: 'prompt',
    preToolUse: 'tool_begins',
    postToolUse: 'tool_ended',
    postToolUseFailure: 'tool_ended',
    subagentStart: 'subagent_started',
    subagentStop: 'subagent_ended',
    sessionEnd: 'session_ended',
  },
  'copilot-cli': {
    sessionStart: 'session_started',
    userPromptSubmitted: 'prompt',
    preToolUse: 'tool_begins',
    permissionRequest: 'permission_asked',
    postToolUse: 'tool_ended',
    postToolUseFailure: 'tool_ended',
    subagentStart: 'subagent_started',
    subagentStop: 'subagent_ended',
    sessionEnd: 'session_ended',
  },
  // The names that the plugin gives to what OpenCode calls it for.
  opencode: {
    'session.created': 'session_started',
    'chat.message': 'prompt',
    'tool.execute.before': 'tool_begins',
    'permission.asked': 'permission_asked',
    'permission.replied': 'permission_denied',
    'tool.execute.after': 'tool_ended',
    'session.deleted': 'session_ended',
  },
}

/**
 * Reads an event of a product: by the name in its payload, else by the one that the hook was set up for. Undefined for one that says
 * nothing the ledger asks for.
 */
export function readProduct(
  product: Product,
  payload: Payload,
  eventName: string,
): HookEvent | undefined {
  const name = textIn(payload, 'hook_event_name') || eventName
  const kinds = productEvents[product]
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) return undefined
  const event = readEvent(kind, payload)
  if (kind === 'tool_ended') return { ...event, outcome: outcomeOf(name, event) }
  if (product === 'gemini-cli' && kind === 'permission_asked') return ofNotification(event, payload)
  return kind === 'permission_denied' ? { ...event, outcome: 'denied' } : event
}

/** A failure has an event of its own, or stands in the result. Cursor reports a denial as a failure of that sort. */
function outcomeOf(name: string, { result, error }: HookEvent): HookEvent['outcome'] {
  if (name.endsWith('Failure')) return error.includes('permission_denied') ? 'denied' : 'failure'
  if (typeof result !== 'object' || result === null) return 'success'
  const failed =
    Reflect.get(result, 'isError') === true ||
    Reflect.get(result, 'is_error') === true ||
    (Reflect.get(result, 'error') ?? null) !== null
  return failed ? 'failure' : 'success'
}

/** Gemini CLI tells of a permission that it asks for by a notification about the tool. */
function ofNotification(event: HookEvent, payload: Payload): HookEvent | undefined {
  if (payload['notification_type'] !== 'ToolPermission') return undefined
  const details = objectIn(payload, 'details')
  const tool = textIn(details, 'tool_name', 'toolName', 'type')
  return { ...event, tool, input: details }
}
