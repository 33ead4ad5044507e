import { formatInstant } from '@whodid/model'
import type { Assurance, IntegrityCheck } from '@whodid/model'
import type { Policy } from '@whodid/tlog'
import { firstOfEachCode, isPassing } from './finding.ts'
import type { Finding } from './finding.ts'
import type { AcceptedLoss } from './losses/accepted-loss.ts'

/**
 * The service's continuous verification of its own ledger.
 *
 * @example
 * ```ts
 * const monitor: IntegrityMonitor = { policy: undefined, state: () => nothingMonitored }
 * ```
 */
export interface IntegrityMonitor {
  /** The witnesses whose cosignatures are trusted, and the number that is enough; undefined trusts only the logs' own keys. */
  readonly policy: Policy | undefined
  /** Returns the result of the verification so far. */
  readonly state: () => MonitorState
}

/**
 * The result of a verification that repeats without end.
 *
 * @example
 * ```ts
 * const { rowCount, findings }: MonitorState = monitor.state()
 * ```
 */
export interface MonitorState {
  /** Milliseconds since 1970 at which the last part was verified; 0 before the first. */
  readonly checkedUnixMs: number
  /** Milliseconds since 1970 since which every row was verified; 0 while the first round goes on. */
  readonly wholeUnixMs: number
  /** Milliseconds since 1970 since which every text was opened; 0 while the first round goes on, and where none is opened. */
  readonly textsWholeUnixMs: number
  /** The number of texts that opened to their commitment since the start; each round counts again. */
  readonly textCount: number
  /** The number of rows verified since the start; each round counts again. */
  readonly rowCount: number
  /** The first hundred findings since the start that have not ended. */
  readonly findings: readonly Finding[]
  /** The losses that were accepted on record, the first hundred. They are no findings, and the ledger is not whole. */
  readonly acceptedLosses: readonly AcceptedLoss[]
  /** Each verified log, by its origin. */
  readonly logs: ReadonlyMap<string, MonitoredLog>
}

/**
 * The state of one log when it was last verified.
 *
 * @example
 * ```ts
 * const log: MonitoredLog | undefined = monitor.state().logs.get(origin)
 * ```
 */
export interface MonitoredLog {
  readonly size: number
  readonly assurance: Assurance
  /** The number of leaves that the assurance covers; leaves above are `local`. */
  readonly assuredSize: number
  readonly lookedUnixMs: number
}

/**
 * The state before the first verification.
 *
 * @example
 * ```ts
 * let state = nothingMonitored
 * ```
 */
export const nothingMonitored: MonitorState = {
  checkedUnixMs: 0,
  wholeUnixMs: 0,
  textsWholeUnixMs: 0,
  textCount: 0,
  rowCount: 0,
  findings: [],
  acceptedLosses: [],
  logs: new Map(),
}

/** The milliseconds after which a verification is too old to describe the present state. */
const monitorAgeMsMax = 600_000

/** The number of findings shown of one check, the first of each code before the second of any. */
const shownMax = 10

/**
 * Returns the check in the form that answers and the API report it.
 *
 * @example
 * ```ts
 * const check = describeMonitor(monitor.state())
 * if (check.state === 'failed') console.error(check.findings)
 * ```
 */
export function describeMonitor(state: MonitorState, nowMs: number = Date.now()): IntegrityCheck {
  const { checkedUnixMs, wholeUnixMs, textsWholeUnixMs, findings } = state
  return {
    state: checkStateOf(state, nowMs),
    checked_at: checkedUnixMs === 0 ? null : instantOf(checkedUnixMs),
    whole_since: wholeUnixMs === 0 ? null : instantOf(wholeUnixMs),
    texts_whole_since: textsWholeUnixMs === 0 ? null : instantOf(textsWholeUnixMs),
    findings: firstOfEachCode(findings)
      .slice(0, shownMax)
      .map(({ code, log, text }) => ({ code, log, text })),
    accepted_losses: state.acceptedLosses.slice(0, shownMax).map((loss) => ({
      log: loss.log,
      from: loss.from,
      to: loss.to,
      accepted_by: loss.acceptedBy,
      requested_by: loss.requestedBy,
      accepted_at: formatInstant(loss.atUnixNs),
      reason: loss.reason,
      record: loss.record,
    })),
  }
}

function checkStateOf(
  { checkedUnixMs, findings, acceptedLosses }: MonitorState,
  nowMs: number,
): IntegrityCheck['state'] {
  const stale = findings.filter(({ code }) => code === 'checkpoint_stale').map(({ log }) => log)
  // A stopped sequencer explains unsealed rows; if the sequencer runs, somebody inserted them without it.
  const isForged = ({ code, log }: Finding): boolean =>
    code === 'row_unsealed' && !stale.includes(log)
  if (findings.some((finding) => !isPassing(finding.code) || isForged(finding))) return 'failed'
  if (checkedUnixMs === 0) return 'never'
  if (stale.length > 0 || nowMs - checkedUnixMs > monitorAgeMsMax) return 'stale'
  return acceptedLosses.length > 0 ? 'loss_accepted' : 'ok'
}

/** Returns the assurance of a cosigned record: `witnessed+monitored` when the last check also asked the witnesses, else `witnessed`. */
export function monitoredAssurance(
  state: MonitorState,
  { log, index }: { readonly log: string; readonly index: number },
  nowMs: number = Date.now(),
): Assurance {
  const watched = state.logs.get(log)
  if (watched?.assurance !== 'witnessed+monitored') return 'witnessed'
  const isFresh = nowMs - watched.lookedUnixMs <= monitorAgeMsMax
  return isFresh && index < watched.assuredSize ? 'witnessed+monitored' : 'witnessed'
}

function instantOf(unixMs: number): string {
  return formatInstant(BigInt(unixMs) * 1_000_000n)
}
