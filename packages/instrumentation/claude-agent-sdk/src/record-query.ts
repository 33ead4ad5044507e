import type { HookCallback, HookEvent, Options, Query } from '@anthropic-ai/claude-agent-sdk'
import { guard } from '@whodid/sdk/instrument'
import type { IntegrationOptions } from '@whodid/sdk/instrument'
import { AgentSession } from './agent-session.ts'

/** The events that make records. */
const hooked: readonly HookEvent[] = [
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PostToolBatch',
  'PermissionDenied',
  'SubagentStart',
  'SubagentStop',
  'SessionEnd',
]

/** What a call of `query` gives. */
interface Asked {
  readonly options?: Options
}

/**
 * The Claude Agent SDK's `query`, recorded: each call is a run, with its prompts, model calls, tool calls, their intent, results and
 * failures, refused calls and sub-agents. It adds hooks to those of the call's own options, and reads along as the application reads the
 * messages. With `onUnrecorded: 'block'`, a tool that cannot be recorded is refused.
 *
 * @example
 * const query = recordQuery(claude, { template: 'order-clerk', promptOrigin: 'human' })
 * for await (const message of query({ prompt: 'Cancel order 42' })) console.log(message)
 */
export function recordQuery<P extends Asked>(
  query: (params: P) => Query,
  options: IntegrationOptions = {},
): (params: P) => Query {
  return (params) => {
    const session = guard(() => new AgentSession(options, params.options?.agent ?? ''), undefined)
    if (session === undefined) return query(params)
    const hooks = { ...params.options?.hooks }
    const callback: HookCallback = async (input) => session.event(input)
    for (const event of hooked) hooks[event] = [...(hooks[event] ?? []), { hooks: [callback] }]
    return readAlong(query({ ...params, options: { ...params.options, hooks } }), session)
  }
}

/** The same messages and methods; the session hears each message, and the end. */
function readAlong(messages: Query, session: AgentSession): Query {
  const ending = (run: (...args: unknown[]) => unknown): ((...args: unknown[]) => unknown) => {
    return (...args) => {
      session.end()
      return run(...args)
    }
  }
  const next = async (...args: [] | [unknown]): Promise<unknown> => {
    try {
      const read = await messages.next(...args)
      if (read.done === true) session.end()
      else session.message(read.value)
      return read
    } catch (error) {
      session.end({ value: error })
      throw error
    }
  }
  const recorded: Query = new Proxy(messages, {
    get: (target, name) => {
      if (name === 'next') return next
      if (name === Symbol.asyncIterator) return () => recorded
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      // A method of the SDK's, called on its own object.
      const method = value.bind(target) as (...args: unknown[]) => unknown
      return endings.has(name) ? ending(method) : method
    },
  })
  return recorded
}

/** The methods by which an application leaves before the last message. */
const endings: ReadonlySet<string | symbol> = new Set<string | symbol>([
  'return',
  'throw',
  'close',
  Symbol.asyncDispose,
])
