import { AsyncResource } from 'node:async_hooks'
import type { HookJSONOutput } from '@anthropic-ai/claude-agent-sdk'
import { approval, prompt } from '@whodid/sdk'
import {
  guard,
  NeverEnded,
  OpenCalls,
  openFrameworkRun,
  openTool,
  promptOptionsOf,
  toolOptionsOf,
} from '@whodid/sdk/instrument'
import type { IntegrationOptions, OpenRun, OpenTool } from '@whodid/sdk/instrument'
import { describeBuiltInTool } from './built-in-tools.ts'
import { answerText, listIn, member, textIn } from './texts.ts'
import { ModelMessages } from './model-messages.ts'

/** A tool call that is not decided on, or not ended. */
interface Call {
  readonly open: OpenTool
  readonly run: OpenRun
  readonly name: string
  readonly input: unknown
  /** True once a sub-agent was taken for the one that the call starts. */
  isClaimed: boolean
}

/** One call of `query`: what its hooks and messages tell, as records. No method throws. */
export class AgentSession {
  readonly #options: IntegrationOptions
  readonly #agent: string
  /** Where `query` was called: hooks are called from elsewhere. */
  readonly #here = new AsyncResource('whodid.query')
  readonly #calls = new OpenCalls<Call>(({ open }) => {
    open.interrupt(new NeverEnded('its end was never told'))
  })
  /** IDs of calls that are in `#calls`, in order. */
  readonly #callIds = new Set<string>()
  /** By the SDK's ID of the sub-agent. Those that have ended stay, for messages that are read late. */
  readonly #subAgents = new OpenCalls<OpenRun>((run) => {
    run.end()
  })
  readonly #subAgentIds = new Set<string>()
  /** The call that starts a sub-agent, by the ID of the sub-agent, where a message says it. */
  readonly #starts = new OpenCalls<string>(() => undefined)
  readonly #models = new ModelMessages()
  #main: OpenRun | undefined
  #failure: { readonly value: unknown } | undefined

  constructor(options: IntegrationOptions, agent: string) {
    this.#options = options
    this.#agent = agent
  }

  /** Takes the event of a hook, and answers it as the hook has to. */
  async event(input: unknown): Promise<HookJSONOutput> {
    const answer = guard(() => this.#event(input), undefined)
    return (await answer) ?? {}
  }

  /** Takes a message as the application reads it. */
  message(message: unknown): void {
    guard(() => {
      const type = textIn(message, 'type')
      if (type === 'system' && textIn(message, 'subtype') === 'task_started')
        this.#starts.add(textIn(message, 'task_id'), textIn(message, 'tool_use_id'))
      if (type === 'result' && member(message, 'is_error') === true)
        this.#failure = { value: failure('QueryFailed', textIn(message, 'subtype')) }
      const agentId = textIn(message, 'agent_id')
      const isMain = agentId === '' && textIn(message, 'parent_tool_use_id') === ''
      const run = isMain ? this.#main : this.#subAgents.get(agentId)
      if (run !== undefined) this.#models.message(agentId, run, message)
    }, undefined)
  }

  /** Ends the run, and what of it has not ended. The second and later calls do nothing. */
  end(error?: { readonly value: unknown }): void {
    guard(() => {
      this.#models.end()
      for (const id of this.#callIds)
        this.#take(id)?.open.interrupt(new NeverEnded('its run ended first'))
      for (const id of this.#subAgentIds) this.#subAgents.get(id)?.end()
      this.#subAgentIds.clear()
      this.#main?.end(error ?? this.#failure)
    }, undefined)
  }

  #event(input: unknown): Promise<HookJSONOutput> | undefined {
    const id = textIn(input, 'tool_use_id')
    switch (member(input, 'hook_event_name')) {
      case 'UserPromptSubmit':
        this.#prompt(input)
        break
      case 'PreToolUse':
        return this.#ask(input)
      case 'PostToolUse':
        this.#take(id)?.open.succeed(member(input, 'tool_response'))
        break
      case 'PostToolUseFailure':
        this.#fail(input)
        break
      case 'PermissionDenied':
        this.#deny(id, { source: 'classifier', reason: textIn(input, 'reason') })
        break
      case 'PostToolBatch':
        // A call without an outcome in a batch that has ended was not let run.
        for (const call of listIn(input, 'tool_calls')) {
          const reason = answerText(member(call, 'tool_response'))
          this.#deny(textIn(call, 'tool_use_id'), { reason })
        }
        break
      case 'SubagentStart':
        this.#beginSubAgent(input)
        break
      case 'SubagentStop':
        this.#endSubAgent(textIn(input, 'agent_id'))
        break
      case 'SessionEnd':
        this.end()
        break
      default:
    }
    return undefined
  }

  #mainRun(input: unknown): OpenRun {
    this.#main ??= this.#here.runInAsyncScope(() =>
      openFrameworkRun(
        { named: this.#agent, sessionId: textIn(input, 'session_id') },
        this.#options,
      ),
    )
    return this.#main
  }

  #prompt(input: unknown): void {
    const text = textIn(input, 'prompt')
    const run = this.#mainRun(input)
    // The end of a sub-agent in the background: what is done then is done for the user's prompt.
    if (text.startsWith('<task-notification>')) return
    void run.within(() => prompt(text, promptOptionsOf(run, this.#options)))
  }

  async #ask(input: unknown): Promise<HookJSONOutput> {
    const id = textIn(input, 'tool_use_id')
    const tool = { name: textIn(input, 'tool_name'), arguments: member(input, 'tool_input') }
    const run = this.#subAgents.get(textIn(input, 'agent_id')) ?? this.#mainRun(input)
    const options = {
      ...describeBuiltInTool(tool.name, tool.arguments, textIn(input, 'cwd')),
      ...toolOptionsOf(this.#options, { ...tool, callId: id }),
    }
    const open = run.within(() => openTool(tool.name, options))
    this.#calls.add(id, { open, run, name: tool.name, input: tool.arguments, isClaimed: false })
    this.#callIds.add(id)
    try {
      await open.allowed()
      return {}
    } catch (error) {
      this.#take(id)
      const permissionDecisionReason = error instanceof Error ? error.message : String(error)
      const permissionDecision = 'deny'
      const hookEventName = 'PreToolUse'
      return {
        hookSpecificOutput: { hookEventName, permissionDecision, permissionDecisionReason },
      }
    }
  }

  #fail(input: unknown): void {
    const call = this.#take(textIn(input, 'tool_use_id'))
    const error = failure('ToolFailed', textIn(input, 'error'))
    if (member(input, 'is_interrupt') === true) call?.open.interrupt(error)
    else call?.open.fail(error)
  }

  #deny(callId: string, decision: { readonly source?: string; readonly reason: string }): void {
    const call = this.#take(callId)
    if (call === undefined) return
    const { run, name, open } = call
    void run.within(() => approval({ decision: 'deny', tool: name, callId, ...decision }))
    open.deny(failure('NotAllowed', decision.reason))
  }

  #beginSubAgent(input: unknown): void {
    const id = textIn(input, 'agent_id')
    const template = textIn(input, 'agent_type')
    const call = this.#startOf(id, template)
    const around = call?.open ?? this.#mainRun(input)
    const named = { named: template, sessionId: textIn(input, 'session_id') }
    const run = around.within(() => openFrameworkRun(named, this.#options))
    this.#subAgents.add(id, run)
    this.#subAgentIds.add(id)
    const asked = textIn(call?.input, 'prompt')
    if (asked !== '') void run.within(() => prompt(asked, promptOptionsOf(run, this.#options)))
  }

  /** The call that starts a sub-agent: the one that a message names, or the only one that may. */
  #startOf(agentId: string, template: string): Call | undefined {
    const named = this.#calls.get(this.#starts.get(agentId) ?? '')
    const may = [...this.#callIds]
      .map((id) => this.#calls.get(id))
      .filter((call) => call !== undefined && startsAgent(call, template))
    const call = named ?? (may.length === 1 ? may[0] : undefined)
    if (call !== undefined) call.isClaimed = true
    return call
  }

  #endSubAgent(id: string): void {
    this.#models.ends(id)
    this.#subAgents.get(id)?.end()
    this.#subAgentIds.delete(id)
  }

  #take(id: string): Call | undefined {
    this.#callIds.delete(id)
    return this.#calls.take(id)
  }
}

function startsAgent({ name, input, isClaimed }: Call, template: string): boolean {
  const type = textIn(input, 'subagent_type')
  return (name === 'Agent' || name === 'Task') && !isClaimed && (type === '' || type === template)
}

function failure(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}
