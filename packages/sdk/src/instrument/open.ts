import { scopeHere } from '../context/carrier-scope.ts'
import { uuidV7 } from '../context/identity.ts'
import { parentOf, runInScope } from '../context/scope.ts'
import type { Scope } from '../context/scope.ts'
import { agentSpec, delegateSpec } from '../verbs/agent.ts'
import type { AgentOptions, DelegateOptions } from '../verbs/agent.ts'
import { beginModelCall } from '../verbs/model-call.ts'
import type { ModelCall, ModelCallOptions } from '../verbs/model-call.ts'
import { openSession } from '../verbs/session.ts'
import type { OpenSession, Run } from '../verbs/session.ts'
import { beginToolCall } from '../verbs/tool-call.ts'
import type { ToolCall } from '../verbs/tool-call.ts'
import type { ToolOptions } from '../verbs/tool-attributes.ts'
import { admitCall } from '../stop/admit-call.ts'
import { confirmIntent } from '../verbs/confirm-intent.ts'

/** Something under way: code that runs within it belongs to it. */
export interface Open {
  /** Its place, for an {@link addScopeSource}. */
  readonly scope: Scope
  /** Runs code within it, as the callback of the verb would. */
  within<T>(run: () => T): T
}

/** A run of an agent that a framework began. */
export interface OpenRun extends Open {
  readonly run: Run
  /** Ends it; with an error, as failed. The second and later calls do nothing. Never throws. */
  end(error?: { readonly value: unknown }): void
}

/** A tool call that a framework began. */
export interface OpenTool extends Open {
  readonly call: ToolCall
  /**
   * Resolves when the tool may run: its intent is acknowledged, or need not be. Rejects with `action_unrecorded` under
   * `onUnrecorded: 'block'`; the call is then on record as denied. A framework that cannot wait leaves it alone.
   */
  allowed(): Promise<void>
  succeed(result: unknown): void
  fail(error: unknown): void
  /** Ends the call with a result of which nobody says whether it is a failure: the collector decides that by its rules. */
  returned(result: unknown): void
  /** Ends the call as denied: the framework told of it before it was decided on, and it was not run. */
  deny(reason: unknown): void
  /** Ends the call with an unknown outcome: the framework stopped it in the middle, and will run it anew. */
  interrupt(reason: unknown): void
}

/** A model call that a framework began. */
export interface OpenModel extends Open {
  readonly call: ModelCall
  end(error?: { readonly value: unknown }): void
}

/**
 * Begins a run of an agent where a framework has events and no callback to wrap: the verb `agent` in two halves. Whoever begins it
 * ends it. Never throws.
 *
 * @example
 * const run = openAgent({ template: 'triage' })
 * await run.within(() => prompt('Merge what is green'))
 * run.end()
 */
export function openAgent(options: AgentOptions): OpenRun {
  return openRun(openSession(agentSpec(options, scopeHere())))
}

/**
 * The verb `delegate` in two halves, as {@link openAgent}.
 *
 * @example
 * const helper = openDelegate({ template: 'db-fixer', scopes: ['orders:write'] })
 */
export function openDelegate(options: DelegateOptions): OpenRun {
  return openRun(openSession(delegateSpec(options, scopeHere())))
}

/**
 * The verb `tool` in two halves, as {@link openAgent}. The intent of a call that can change something is on its way when this returns.
 * `startedUnixMs`, in milliseconds since 1970, is for a call that is told of only when it has ended; default now.
 *
 * @example
 * const call = openTool('merge', { verb: 'update', arguments: { number: 812 } })
 * call.succeed(await call.within(() => merge(812)))
 */
export function openTool(
  name: string,
  options: ToolOptions = {},
  startedUnixMs?: number,
): OpenTool {
  const from = scopeHere()
  const call = beginToolCall({ name, options, actionId: uuidV7(), from, startedUnixMs })
  const confirmed = call.destructive ? confirmIntent(call) : Promise.resolve(true)
  return {
    scope: call.scope,
    call: call.handle,
    within: (run) => runInScope(call.scope, run),
    allowed: () => admitCall(call, confirmed),
    succeed: (result) => {
      call.succeed(result)
    },
    returned: (result) => {
      call.succeed(result, 'unsaid')
    },
    fail: (error) => {
      call.end('failure', error)
    },
    deny: (reason) => {
      call.end('denied', reason)
    },
    interrupt: (reason) => {
      call.end('unknown', reason)
    },
  }
}

/**
 * The verb `modelCall` in two halves, as {@link openAgent}. `startedUnixMs`, in milliseconds since 1970, is for a framework that
 * tells of a call only when it has ended; default now.
 *
 * @example
 * const call = openModelCall({ model: 'gpt-5' })
 * call.call.answered({ text: 'Done.' })
 * call.end()
 */
export function openModelCall(options: ModelCallOptions, startedUnixMs?: number): OpenModel {
  const call = beginModelCall(options, scopeHere(), startedUnixMs)
  return {
    scope: call.scope,
    call: call.handle,
    within: (run) => runInScope(call.scope, run),
    end: (error) => {
      call.end(error)
    },
  }
}

function openRun(session: OpenSession): OpenRun {
  const { scope, run } = session
  return {
    scope,
    run,
    within: (body) => runInScope(scope, body),
    end: (error) => {
      session.end(error)
    },
  }
}

/** The scope of code that asks a model within `scope`, where the call's own record does not exist yet. */
export function asModelScope(scope: Scope): Scope {
  const span = parentOf(scope)
  if (span === undefined) return scope
  return { ...scope, call: { span, actionId: scope.call?.actionId ?? '', ofModel: true } }
}
