import { formatInstant } from '@whodid/model'
import type { Assurance, IntegrityCheck } from '@whodid/model'
import type { Policy } from '@whodid/tlog'
import { isPassing } from './finding.ts'
import type { Finding } from './finding.ts'

/** Who watches over the ledger that answers are made from. */
export interface IntegrityMonitor {
  /** Whose cosignatures are trusted, and how many are enough; undefined trusts the logs' own keys alone. */
  readonly policy: Policy | undefined
  /** What the service's check of its own ledger has come to so far. */
  readonly state: () => MonitorState
}

/** What a check that goes round and round has come to. */
export interface MonitorState {
  /** Milliseconds since 1970 at which the last part was verified; 0 before the first. */
  readonly checkedUnixMs: number
  /** Milliseconds since 1970 since which every row was verified; 0 while the first round goes on. */
  readonly wholeUnixMs: number
  /** Milliseconds since 1970 since which every text was opened; 0 while the first round goes on, and where none is opened. */
  readonly textsWholeUnixMs: number
  /** Texts that were found as they were committed to since the start, again and again. */
  readonly textCount: number
  /** Rows verified since the start, again and again. */
  readonly rowCount: number
  /** What was found since the start, and is not over; the first hundred. */
  readonly findings: readonly Finding[]
  /** Each log that was looked at, by its origin. */
  readonly logs: ReadonlyMap<string, MonitoredLog>
}

/** How one log stood when it was last looked at. */
export interface MonitoredLog {
  readonly size: number
  readonly assurance: Assurance
  /** Leaves that the assurance covers; what is above is `local`. */
  readonly assuredSize: number
  readonly lookedUnixMs: number
}

/**
 * Before the first look.
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
  logs: new Map(),
}

/** Milliseconds after which a look is too old to say how things stand now. */
const monitorAgeMsMax = 600_000

/** Findings that are shown of one check. */
const shownMax = 10

/**
 * The check as answers and the API tell of it.
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
    findings: findings.slice(0, shownMax).map(({ code, log, text }) => ({ code, log, text })),
  }
}

function checkStateOf(
  { checkedUnixMs, findings }: MonitorState,
  nowMs: number,
): IntegrityCheck['state'] {
  const stale = findings.filter(({ code }) => code === 'checkpoint_stale').map(({ log }) => log)
  // Where the sealer stands still, that rows are unsealed is its standing still; where it does not, it never saw them.
  const isForged = ({ code, log }: Finding): boolean =>
    code === 'row_unsealed' && !stale.includes(log)
  if (findings.some((finding) => !isPassing(finding.code) || isForged(finding))) return 'failed'
  if (checkedUnixMs === 0) return 'never'
  return stale.length > 0 || nowMs - checkedUnixMs > monitorAgeMsMax ? 'stale' : 'ok'
}

/** What is known of a record's assurance: what its checkpoint's cosignatures come to, raised where the witnesses were asked too. */
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
