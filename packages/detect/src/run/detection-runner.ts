import { WhodidError } from '@whodid/model'
import type { DetectionRunRow, FindingWriter, Selector } from '@whodid/store'
import type { Detection } from '../definition/detection.ts'
import { statementLimitsDefault } from './detection-statement.ts'
import type { StatementLimits, Window } from './detection-statement.ts'
import { engineTime, unixNsOf } from './engine-time.ts'
import { nextWindow, progressAfter, windowNsMax } from './next-window.ts'
import type { Heads, Progress } from './next-window.ts'
import { runDetection } from './run-detection.ts'

/** The shortest window that a detection is cut to when a longer one costs too much. */
const spanNsMin = 60_000_000_000n

/** Milliseconds that one step may start detections in; those that wait are first at the next. */
const stepMsMax = 20_000

/** Milliseconds between two records of how far the detections have come, when there is nothing else to record. */
const recordEveryMs = 300_000

/** The parts that the runner uses. */
export interface DetectionRunnerOptions {
  readonly detections: readonly Detection[]
  readonly selector: Pick<Selector, 'select'>
  readonly writer: Pick<FindingWriter, 'addHits' | 'addRuns'>
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
  /** Default: `statementLimitsDefault`. */
  readonly limits?: StatementLimits
  /** Ends a step after the detection under way. */
  readonly stopping?: AbortSignal
}

/** The outcome of a step. */
export interface DetectionStep {
  /** Detections that ran. */
  readonly ran: number
  /** Hits that were added. */
  readonly hits: number
  readonly rowsRead: number
  /** Detections that could not run, by their IDs, with the code of the error. */
  readonly failed: ReadonlyMap<string, string>
}

/** Runs the detections over what came in. */
export interface DetectionRunner {
  /**
   * Runs each detection that is due for a tenant, one after another, and adds what it finds. A step of a tenant begins after the one
   * before has ended. Throws `store_unavailable` when the ledger does not answer; the next step goes on where this one began.
   */
  step(tenant: string): Promise<DetectionStep>
}

/** The state of one detection with one tenant. */
interface RuleState {
  progress: Progress | undefined
  ranAtUnixNs: bigint
  spanNsMax: bigint
}

interface TenantState {
  readonly rules: Map<string, RuleState>
  recordedAtUnixNs: bigint
}

/** Makes a runner. It goes on where the ledger says that the detections got, and finds no hit twice. */
export function createDetectionRunner(options: DetectionRunnerOptions): DetectionRunner {
  const { detections, selector, writer, now, stopping } = options
  const { limits = statementLimitsDefault } = options
  const tenants = new Map<string, TenantState>()

  async function runRule(
    detection: Detection,
    { tenant, state, heads, window, hasImports }: RuleRun,
  ): Promise<DetectionRunRow> {
    const nowUnixNs = now()
    const about = { tenant, rule: detection.id, ruleVersion: detection.version }
    const row = { ...about, ranAtUnixNs: nowUnixNs, ...windowColumns(window) }
    state.ranAtUnixNs = nowUnixNs
    if (detection.needs === 'imports' && !hasImports) {
      state.progress = progressAfter(window, heads)
      return { ...row, heads: headTexts(state), hits: 0, rowsRead: 0, error: '' }
    }
    try {
      const scope = { tenant, window, limits, nowUnixNs }
      const { hits, isCut, rowsRead } = await runDetection(selector, detection, scope)
      await writer.addHits(hits)
      if (!isCut) state.progress = progressAfter(window, heads)
      state.spanNsMax = minOf(state.spanNsMax * 2n, windowNsMax)
      return { ...row, heads: headTexts(state), hits: hits.length, rowsRead, error: '' }
    } catch (thrown) {
      if (!(thrown instanceof WhodidError) || thrown.retryable) throw thrown
      const isLeast = state.spanNsMax <= spanNsMin
      state.spanNsMax = isLeast ? spanNsMin : state.spanNsMax / 2n
      // A window that costs too much however short it is, or is refused, must not keep the detection from what comes later.
      if (isLeast || thrown.code !== 'query_too_expensive')
        state.progress = progressAfter(window, heads)
      return { ...row, heads: headTexts(state), hits: 0, rowsRead: 0, error: thrown.code }
    }
  }

  async function step(tenant: string): Promise<DetectionStep> {
    const known = tenants.get(tenant) ?? (await readState(selector, tenant, now()))
    tenants.set(tenant, known)
    const nowUnixNs = now()
    const heads = await readHeads(selector, tenant, nowUnixNs)
    const due = dueOf(detections, known, nowUnixNs)
    const needsImports = heads.size > 0 && due.some(({ detection }) => detection.needs !== '')
    const hasImports = needsImports && (await readHasImports(selector, tenant, nowUnixNs))
    const runs: DetectionRunRow[] = []
    const startedMs = performance.now()
    for (const { detection, state } of due) {
      if (stopping?.aborted === true || performance.now() - startedMs > stepMsMax) break
      const { progress, spanNsMax } = state
      const window = nextWindow(progress, { heads, nowUnixNs, spanNsMax })
      if (window === undefined) continue
      runs.push(await runRule(detection, { tenant, state, heads, window, hasImports }))
    }
    const isDue = nowUnixNs - known.recordedAtUnixNs > BigInt(recordEveryMs) * 1_000_000n
    const kept = runs.filter(({ hits, error }) => isDue || hits > 0 || error !== '')
    await writer.addRuns(kept)
    if (isDue && runs.length > 0) known.recordedAtUnixNs = nowUnixNs
    return summaryOf(runs)
  }

  return { step }
}

interface RuleRun {
  readonly tenant: string
  readonly state: RuleState
  readonly heads: Heads
  readonly window: Window
  readonly hasImports: boolean
}

/** The detections that are due, the one that waited longest first. */
function dueOf(
  detections: readonly Detection[],
  known: TenantState,
  nowUnixNs: bigint,
): { readonly detection: Detection; readonly state: RuleState }[] {
  const all = detections.map((detection) => {
    const state = known.rules.get(detection.id) ?? newState()
    known.rules.set(detection.id, state)
    return { detection, state }
  })
  return all
    .filter(
      ({ detection, state }) =>
        nowUnixNs - state.ranAtUnixNs >= BigInt(detection.everySeconds) * 1_000_000_000n,
    )
    .toSorted((a, b) => Number(a.state.ranAtUnixNs - b.state.ranAtUnixNs))
}

function newState(progress?: Progress): RuleState {
  return { progress, ranAtUnixNs: 0n, spanNsMax: windowNsMax }
}

interface RunTexts {
  readonly rule: string
  readonly until: string
  readonly heads: Readonly<Record<string, string>>
}

/** Days in which the last run of a detection is looked for; without one it begins anew. */
const runDaysMax = 40n

async function readState(
  selector: Pick<Selector, 'select'>,
  tenant: string,
  nowUnixNs: bigint,
): Promise<TenantState> {
  const { rows } = await selector.select<RunTexts>({
    sql: `SELECT rule, argMax(toString(r.window_until), (r.ran_at, r.window_until)) AS until,
  argMax(mapApply((log, head) -> (log, toString(head)), r.heads), (r.ran_at, r.window_until)) AS heads
FROM whodid.detection_runs AS r
WHERE r.ran_at > {from:DateTime64(9, 'UTC')}
GROUP BY rule`,
    parameters: { from: engineTime(nowUnixNs - runDaysMax * 86_400_000_000_000n) },
    tenant,
  })
  const rules = rows.map(({ rule, until, heads }): [string, RuleState] => {
    const read = Object.entries(heads).map(([log, head]): [string, bigint] => [log, unixNsOf(head)])
    return [rule, newState({ untilUnixNs: unixNsOf(until), heads: new Map(read) })]
  })
  return { rules: new Map(rules), recordedAtUnixNs: 0n }
}

async function readHeads(
  selector: Pick<Selector, 'select'>,
  tenant: string,
  nowUnixNs: bigint,
): Promise<Heads> {
  const { rows } = await selector.select<{ readonly log_id: string; readonly head: string }>({
    sql: `SELECT log_id, toString(max(s.received_at)) AS head FROM whodid.spans AS s
WHERE s.received_at > {from:DateTime64(9, 'UTC')} AND s.received_at <= {to:DateTime64(9, 'UTC')} GROUP BY log_id LIMIT 1000`,
    parameters: { from: engineTime(nowUnixNs - windowNsMax), to: engineTime(nowUnixNs) },
    tenant,
  })
  return new Map(rows.map(({ log_id: log, head }) => [log, unixNsOf(head)]))
}

/** True when a log was imported within twice the longest window: those events and records may still meet. */
async function readHasImports(
  selector: Pick<Selector, 'select'>,
  tenant: string,
  nowUnixNs: bigint,
): Promise<boolean> {
  const { rows } = await selector.select({
    sql: `SELECT 1 FROM whodid.spans AS s
WHERE s.channel = 'imported' AND s.received_at > {from:DateTime64(9, 'UTC')} AND s.received_at <= {to:DateTime64(9, 'UTC')} LIMIT 1`,
    parameters: { from: engineTime(nowUnixNs - 2n * windowNsMax), to: engineTime(nowUnixNs) },
    tenant,
  })
  return rows.length > 0
}

function headTexts({ progress }: RuleState): Record<string, string> {
  const heads = [...(progress?.heads ?? [])]
  return Object.fromEntries(heads.map(([log, head]) => [log, engineTime(head)]))
}

function windowColumns({
  sinceUnixNs,
  untilUnixNs,
}: Window): Pick<DetectionRunRow, 'windowSinceUnixNs' | 'windowUntilUnixNs'> {
  return { windowSinceUnixNs: sinceUnixNs, windowUntilUnixNs: untilUnixNs }
}

function summaryOf(runs: readonly DetectionRunRow[]): DetectionStep {
  const failed = runs.filter(({ error }) => error !== '')
  return {
    ran: runs.length,
    hits: runs.reduce((sum, { hits }) => sum + hits, 0),
    rowsRead: runs.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
    failed: new Map(failed.map(({ rule, error }) => [rule, error])),
  }
}

function minOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
