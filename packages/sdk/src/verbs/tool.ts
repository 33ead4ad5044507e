import { scopeHere } from '../context/carrier-scope.ts'
import { uuidV7 } from '../context/identity.ts'
import { runInScope } from '../context/scope.ts'
import { admitCall } from '../stop/admit-call.ts'
import type { ToolOptions } from './tool-attributes.ts'
import { beginToolCall } from './tool-call.ts'
import type { ToolCall } from './tool-call.ts'

/**
 * The tool itself: what is run once the call, and where need be its intent, is on record. May be sync or async.
 *
 * @example
 * const body: ToolBody<string> = (call) => createIssue({ headers: { traceparent: call.traceparent } })
 */
export type ToolBody<T> = (call: ToolCall) => T | PromiseLike<T>

/**
 * Runs a tool and records the call: what was called with what, on what, with which credential, how it ended, and for which
 * prompt and plan. Returns what `body` returns and throws what it throws, unchanged, always as a promise.
 *
 * A call that can change something (any verb but `read`, unless `destructive: false`) is recorded twice under one action ID:
 * its intent before `body` runs, with the outcome `unknown`, and its outcome after. `body` runs once the collector has
 * acknowledged the intent, and with it the prompt and plan before it; when that does not happen within `intentTimeoutMs`,
 * `onUnrecorded` decides: `allow` runs it and counts, `block` throws a WhodidError `action_unrecorded` without running it.
 *
 * With `revocationsFrom`, a call of an agent that is stopped is not run: `agent_stopped`. A call that can change something is not run
 * either while that is not known: `standing_unknown`. Pass `call.signal` on: it aborts when the agent is stopped under way.
 *
 * @example
 * const merged = await tool(
 *   'merge_pull_request',
 *   { verb: 'update', resource: 'https://github.com/acme/app/pull/812', arguments: { number: 812 } },
 *   () => github.merge(812),
 * )
 */
export function tool<T>(name: string, body: ToolBody<T>): Promise<T>
export function tool<T>(name: string, options: ToolOptions, body: ToolBody<T>): Promise<T>
export async function tool<T>(
  name: string,
  second: ToolOptions | ToolBody<T>,
  third?: ToolBody<T>,
): Promise<T> {
  const options = typeof second === 'function' ? {} : second
  const body = typeof second === 'function' ? second : third
  if (body === undefined)
    throw new TypeError(`tool "${name}" expected a function to run; got ${typeof third}`)
  const call = beginToolCall({ name, options, actionId: uuidV7(), from: scopeHere() })
  await admitCall(call)
  try {
    const result = await runInScope(call.scope, () => body(call.handle))
    call.succeed(result)
    return result
  } catch (error) {
    call.end('failure', error)
    throw error
  }
}
