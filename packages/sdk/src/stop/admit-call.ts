import type { Attributes } from '@opentelemetry/api'
import { attribute, WhodidError } from '@whodid/model'
import { activeRuntime } from '../runtime.ts'
import { confirmIntent, unrecordedError } from '../verbs/confirm-intent.ts'
import type { OpenToolCall } from '../verbs/tool-call.ts'
import type { StopView } from './stop-view.ts'

/** Longest that a call waits until it is known if its agent is stopped, in milliseconds. */
const freshTimeoutMs = 2_000

/**
 * Decides if a call may run: its agent is not stopped, and, where it can change something, its intent is on record and it is known now
 * that nothing is stopped. Ends the call as denied and throws where it may not: `agent_stopped`, `standing_unknown`, `action_unrecorded`.
 */
export async function admitCall(call: OpenToolCall, confirmed?: Promise<boolean>): Promise<void> {
  const refusal = await refusalOf(call, confirmed)
  if (refusal === undefined) return
  call.end('denied', refusal.error, refusal.attributes)
  throw refusal.error
}

/** The reason for which a call may not run, and what stands of it on record. */
interface Refusal {
  readonly error: WhodidError
  readonly attributes: Attributes
}

/** A call that asks if it may run. */
type AskingCall = Pick<OpenToolCall, 'name' | 'destructive' | 'scope' | 'attributes'>

/** As {@link admitCall}, for who ends the call: the refusal, or undefined for a call that may run. Never throws. */
export async function refusalOf(
  call: AskingCall,
  confirmed?: Promise<boolean>,
): Promise<Refusal | undefined> {
  const { stops, config } = activeRuntime() ?? {}
  if (stops !== undefined) {
    const isRequired =
      config?.requireStanding === 'all' ||
      (config?.requireStanding === 'writes' && call.destructive)
    const isKnown = await isStandingKnown(stops, { isRequired, waits: call.destructive })
    const stopped = stopRefusal(call)
    if (stopped !== undefined) return stopped
    if (isRequired && !isKnown) return unknownRefusal(call.name)
  }
  if (call.destructive && !(await (confirmed ?? confirmIntent(call))))
    return { error: unrecordedError(call.name), attributes: {} }
  // The order may have come while the intent was on its way.
  return stopRefusal(call)
}

/** Waits for news of the orders: where they need not be known, only for a change, and not again until there was some. */
function isStandingKnown(
  stops: StopView,
  { isRequired, waits }: { readonly isRequired: boolean; readonly waits: boolean },
): Promise<boolean> {
  if (isRequired || (waits && !stops.isGivenUp)) return stops.fresh(freshTimeoutMs)
  return Promise.resolve(stops.isFresh())
}

function unknownRefusal(name: string): Refusal {
  const text = `tool "${name}" was not run: for 10 s nothing has been heard about which agents are stopped`
  return { error: new WhodidError('standing_unknown', text), attributes: {} }
}

function stopRefusal(call: AskingCall): Refusal | undefined {
  const stop = activeRuntime()?.stops?.stopBy(call.scope.actor)
  if (stop === undefined) return undefined
  const text = `tool "${call.name}" was not run: the agent is ${stop.state}, by order ${stop.order}`
  return {
    error: new WhodidError('agent_stopped', text),
    attributes: { [attribute.revocationId]: stop.order },
  }
}
