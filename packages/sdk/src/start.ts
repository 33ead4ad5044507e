import { isDeepStrictEqual } from 'node:util'
import { WhodidError } from '@whodid/model'
import { resetAmbient } from './context/carrier-scope.ts'
import { resolveConfig } from './config.ts'
import type { LossReason, StartOptions } from './config.ts'
import { installExitHooks } from './export/exit-hooks.ts'
import { emptyQueueState } from './export/export-queue.ts'
import { forgetApplicationSpans, spansLeftOut } from './opentelemetry/application-spans.ts'
import { activeRuntime, counters, makeRuntime, setActiveRuntime } from './runtime.ts'

/** Longest that `flush` and `shutdown` wait by default, in milliseconds. */
const flushTimeoutMs = 10_000

/** The state of the recording. Counts are since `start`, except those of verbs called outside of it. */
export interface Health {
  readonly started: boolean
  /** Records made. Equal to `exported` + `pending` + all of `dropped`. */
  readonly recorded: number
  /** Records that the collector acknowledged. */
  readonly exported: number
  /** Records that wait. */
  readonly pending: number
  /** Records lost: the queue was full, the collector refused them, or the process ended before they were delivered. */
  readonly dropped: Readonly<Record<LossReason, number>>
  /** Actions whose intent was not acknowledged before they ran, or were blocked. */
  readonly unconfirmedIntents: number
  /** Actions that `onUnrecorded: 'block'` kept from running. */
  readonly blockedActions: number
  /** Records that verbs would have made before `start` or after `shutdown`. */
  readonly unstarted: number
  /** Spans of the application's own OpenTelemetry that `whodidSpanProcessor` left out because too many were open at once. */
  readonly applicationSpansLeftOut: number
  /** Records of agents that were sent without a seal although `sealing` is on. */
  readonly unsealed: number
  /** Errors of the SDK's own, kept from the agent. */
  readonly internalErrors: number
  /** The last thing that went wrong; '' when nothing has. */
  readonly lastError: string
  /** When the collector last acknowledged something, in milliseconds since 1970; 0 when never. */
  readonly lastExportUnixMs: number
}

/** The result of `start`: the same functions as the module's, bound to nothing. */
export interface Handle {
  readonly health: () => Health
  readonly flush: (timeoutMs?: number) => Promise<boolean>
  readonly shutdown: (timeoutMs?: number) => Promise<boolean>
}

let startedWith: StartOptions | undefined
let uninstallExitHooks: (() => void) | undefined

/**
 * Starts recording. Call it once, before the first agent runs; every setting can come from the environment instead.
 *
 * Its pipeline is its own: it neither uses nor changes the application's OpenTelemetry set-up, and samples nothing away. It
 * does not wait for the collector. Throws a WhodidError `invalid_config` for a setting that cannot be, and when it is already
 * started with other settings; with the same ones it returns the same handle. After it has returned, nothing of the SDK throws
 * into the agent but what the agent's own functions throw (and `action_unrecorded`, if you ask for it).
 *
 * @example
 * start({ serviceName: 'triage', agent: { template: 'pr-triage' } })
 */
export function start(options: StartOptions = {}): Handle {
  if (activeRuntime() !== undefined) {
    if (isDeepStrictEqual(options, startedWith)) return handle
    throw new WhodidError(
      'invalid_config',
      '"start" expected to be called once, or again with the same settings; got other settings (call "shutdown" first)',
    )
  }
  const config = resolveConfig(options, process.env)
  resetCounters()
  resetAmbient()
  const runtime = makeRuntime(config)
  setActiveRuntime(runtime)
  startedWith = options
  if (config.exitHooks) uninstallExitHooks = installExitHooks(runtime)
  return handle
}

/**
 * Returns the state of the recording.
 *
 * @example
 * const { pending, dropped } = health()
 */
export function health(): Health {
  const runtime = activeRuntime() ?? last
  const state = runtime?.queue.state ?? emptyQueueState()
  return {
    started: activeRuntime() !== undefined,
    recorded: state.recorded,
    exported: state.exported,
    pending: runtime?.queue.pending ?? 0,
    dropped: { ...state.dropped },
    unconfirmedIntents: counters.unconfirmedIntents,
    blockedActions: counters.blockedActions,
    unstarted: counters.unstarted,
    applicationSpansLeftOut: spansLeftOut(),
    unsealed: runtime?.sealer?.state.unsealed ?? 0,
    internalErrors: counters.internalErrors,
    lastError:
      counters.lastInternalError || state.lastError || (runtime?.sealer?.state.lastError ?? ''),
    lastExportUnixMs: state.lastExportUnixMs,
  }
}

/**
 * Sends everything that is pending now. Resolves true when the collector has acknowledged or refused all of it, false when
 * `timeoutMs` (default 10,000) was not enough; nothing is lost by that. Never rejects.
 *
 * @example
 * if (!(await flush(2_000))) console.error('records are still waiting')
 */
export async function flush(timeoutMs: number = flushTimeoutMs): Promise<boolean> {
  return (await activeRuntime()?.queue.flush(timeoutMs)) ?? true
}

/**
 * Flushes for at most `timeoutMs` (default 10,000) and stops recording; what could not be delivered by then is lost, and
 * counted. Verbs still run what they are given. Never rejects.
 *
 * Resolves true when the collector has acknowledged every record since `start`; false when it refused one, one was lost for another
 * reason, or a verb was used without `start`. {@link health} says which. A second call resolves as the first did.
 *
 * @example
 * if (!(await shutdown())) process.exitCode = 1
 */
export async function shutdown(timeoutMs: number = flushTimeoutMs): Promise<boolean> {
  const runtime = activeRuntime()
  if (runtime === undefined) return isWhole()
  await runtime.queue.flush(timeoutMs)
  if (activeRuntime() !== runtime) return isWhole()
  setActiveRuntime(undefined)
  last = runtime
  startedWith = undefined
  uninstallExitHooks?.()
  uninstallExitHooks = undefined
  runtime.endStops()
  await runtime.queue.shutdown()
  resetAmbient()
  forgetApplicationSpans()
  return isWhole()
}

/** Returns true when the ledger holds every record that the verbs made, now that nothing is pending. */
function isWhole(): boolean {
  const { dropped, pending, unstarted } = health()
  const lost = dropped.queueFull + dropped.rejected + dropped.undelivered
  return lost + pending + unstarted === 0
}

/** Kept after `shutdown`, so that its counts can still be read. */
let last: ReturnType<typeof activeRuntime>

const handle: Handle = { health, flush, shutdown }

function resetCounters(): void {
  Object.assign(counters, {
    unstarted: 0,
    unconfirmedIntents: 0,
    blockedActions: 0,
    internalErrors: 0,
    lastInternalError: '',
  })
}
