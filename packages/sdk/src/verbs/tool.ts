import { WhodidError, attribute } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { uuidV7 } from '../context/identity.ts'
import { runInScope } from '../context/scope.ts'
import { activeRuntime, counters } from '../runtime.ts'
import { beginRecord } from './record.ts'
import type { ToolOptions } from './tool-attributes.ts'
import { beginToolCall } from './tool-call.ts'
import type { ToolCall, OpenToolCall } from './tool-call.ts'

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
  if (call.destructive && !(await confirmIntent(call))) {
    call.end('denied', unrecordedError(name))
    throw unrecordedError(name)
  }
  try {
    const result = await runInScope(call.scope, () => body(call.handle))
    call.succeed(result)
    return result
  } catch (error) {
    call.end('failure', error)
    throw error
  }
}

/** The error of a call that `onUnrecorded: 'block'` keeps from running. */
export function unrecordedError(name: string): WhodidError {
  return new WhodidError(
    'action_unrecorded',
    `tool "${name}" was not run: "onUnrecorded" is "block" and the collector did not acknowledge its intent`,
  )
}

/**
 * Records that a call is about to change something, and waits until the collector has it. A crash after this leaves an intent
 * without an outcome: the ledger shows an action of unknown outcome instead of nothing.
 *
 * Resolves whether the call may run; the intent is on its way when the function returns. Never throws.
 */
export async function confirmIntent(
  call: Pick<OpenToolCall, 'name' | 'scope' | 'attributes'>,
): Promise<boolean> {
  const runtime = activeRuntime()
  if (runtime === undefined) return true
  const { intentTimeoutMs, onUnrecorded } = runtime.config
  const intent = beginRecord(call.scope, {
    kind: 'action',
    name: `intent ${call.name}`,
    attributes: () => ({ ...call.attributes(), [attribute.actionOutcome]: 'unknown' }),
    instant: true,
  })
  if (intentTimeoutMs === 0) {
    intent.end()
    return true
  }
  const confirmed = runtime.queue.confirm(
    intent.span.spanId,
    intentTimeoutMs,
    onUnrecorded === 'block',
  )
  intent.end()
  if (await confirmed) return true
  counters.unconfirmedIntents += 1
  if (onUnrecorded === 'allow') return true
  counters.blockedActions += 1
  return false
}
