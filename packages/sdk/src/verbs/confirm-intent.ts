import { WhodidError, attribute } from '@whodid/model'
import { activeRuntime, counters } from '../runtime.ts'
import { beginRecord } from './record.ts'
import type { OpenToolCall } from './tool-call.ts'

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

/** The error of a call that `onUnrecorded: 'block'` keeps from running. */
export function unrecordedError(name: string): WhodidError {
  return new WhodidError(
    'action_unrecorded',
    `tool "${name}" was not run: "onUnrecorded" is "block" and the collector did not acknowledge its intent`,
  )
}
