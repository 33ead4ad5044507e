import { WhodidError } from '@whodid/model'
import { activeRuntime } from '../runtime.ts'
import { confirmIntent, unrecordedError } from '../verbs/confirm-intent.ts'
import type { OpenToolCall } from '../verbs/tool-call.ts'

/** Longest that a call waits until it is known if its agent is stopped, in milliseconds. */
const freshTimeoutMs = 2_000

/**
 * Decides if a call may run: its agent is not stopped, and, where it can change something, its intent is on record and it is known now
 * that nothing is stopped. Ends the call as denied and throws where it may not: `agent_stopped`, `standing_unknown`, `action_unrecorded`.
 */
export async function admitCall(call: OpenToolCall, confirmed?: Promise<boolean>): Promise<void> {
  const refusal = await refusalOf(call, confirmed)
  if (refusal === undefined) return
  call.end('denied', refusal)
  throw refusal
}

async function refusalOf(
  call: OpenToolCall,
  confirmed: Promise<boolean> | undefined,
): Promise<WhodidError | undefined> {
  const stops = activeRuntime()?.stops
  if (stops !== undefined) {
    // A read may go on with what was known last; a change may not.
    const isKnown = !call.destructive || (await stops.fresh(freshTimeoutMs))
    const stopped = stopError(call)
    if (stopped !== undefined) return stopped
    if (!isKnown)
      return new WhodidError(
        'standing_unknown',
        `tool "${call.name}" was not run: for 10 s nothing has been heard about which agents are stopped`,
      )
  }
  if (call.destructive && !(await (confirmed ?? confirmIntent(call))))
    return unrecordedError(call.name)
  // The order may have come while the intent was on its way.
  return stopError(call)
}

function stopError(call: OpenToolCall): WhodidError | undefined {
  const stopped = activeRuntime()?.stops?.stopOf(call.scope.actor)
  return stopped === undefined
    ? undefined
    : new WhodidError('agent_stopped', `tool "${call.name}" was not run: the agent is ${stopped}`)
}
