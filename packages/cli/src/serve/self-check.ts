import { openSealedLog, verifyLog } from '@whodid/query'
import type { Finding, LogToVerify } from '@whodid/query'
import type { MetricFamily } from '@whodid/model'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import type { LedgerAccess } from '../config.ts'
import { findLogs } from '../verify/find-logs.ts'
import type { Starting } from './starting.ts'

/** What the service has found out about its own ledger, a part at a time. */
export interface VerificationState {
  /** `unknown` before the first part was verified. */
  readonly state: 'unknown' | 'ok' | 'failed'
  /** Milliseconds since 1970 at which the last part was verified; 0 before the first. */
  readonly checkedUnixMs: number
  /** Rows verified since the start, again and again. */
  readonly rowCount: number
  /** What was found since the start, the first hundred. */
  readonly findings: readonly Finding[]
}

const intervalMs = 60_000
/** Rows verified in one interval: about half a second of one core. */
const rowsAtOnce = 65_536
const findingsMax = 100

/**
 * Verifies the ledger part by part, round and round, for as long as the service runs: one part a minute, on one thread of
 * ClickHouse. What it finds stays found until the service starts again, and is said once.
 */
export function startSelfCheck(
  { config, onEvent, stops }: Starting,
  access: Pick<LedgerAccess, 'verifier'>,
  everyMs: number = intervalMs,
): () => VerificationState {
  const reader = createLeafReader(access.verifier, { threadsMax: 1 })
  const next = new Map<string, number>()
  const stopping = new AbortController()
  let state: VerificationState = { state: 'unknown', checkedUnixMs: 0, rowCount: 0, findings: [] }
  let running: Promise<void> | undefined

  async function check(): Promise<void> {
    try {
      for (const log of await findLogs(config)) {
        const { rowCount, findings } = await checkPart({ log, reader, next, stopping })
        const fresh = findings.filter(
          ({ code, index }) =>
            !state.findings.some((known) => known.code === code && known.index === index),
        )
        state = {
          state: state.state === 'failed' || findings.length > 0 ? 'failed' : 'ok',
          checkedUnixMs: Date.now(),
          rowCount: state.rowCount + rowCount,
          findings: [...state.findings, ...fresh].slice(0, findingsMax),
        }
        for (const { code, text } of fresh)
          onEvent({
            event: 'warning',
            message: `THE LEDGER IS NOT WHAT WAS SEALED: ${code}: ${text}`,
          })
      }
    } catch (thrown) {
      // ClickHouse that does not answer is another alarm; the age of the last check tells that this one is silent.
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      if (!stopping.signal.aborted)
        onEvent({ event: 'warning', message: `the ledger was not verified: ${why}` })
    }
  }

  const timer = setInterval(() => {
    running ??= check().finally(() => (running = undefined))
  }, everyMs).unref()
  stops.push(async () => {
    clearInterval(timer)
    stopping.abort()
    await running
    await reader.close()
  })
  return () => state
}

interface Part {
  readonly log: LogToVerify
  readonly reader: LeafReader
  /** Where each log's next part begins. */
  readonly next: Map<string, number>
  readonly stopping: AbortController
}

async function checkPart({
  log,
  reader,
  next,
  stopping,
}: Part): Promise<{ rowCount: number; findings: readonly Finding[] }> {
  // A log that has sealed nothing yet has no checkpoint, and nothing to be held against.
  if (log.note === undefined) return { rowCount: 0, findings: [] }
  const opened = await openSealedLog(log)
  if (opened.log === undefined) return { rowCount: 0, findings: opened.findings }
  const { size } = opened.log.checkpoint
  const from = next.get(log.origin) ?? 0
  const isLast = from + rowsAtOnce >= size
  next.set(log.origin, isLast ? 0 : from + rowsAtOnce)
  const { rowCount, findings } = await verifyLog(opened.log, reader, {
    ...log.options,
    from,
    ...(isLast ? {} : { to: from + rowsAtOnce }),
    signal: stopping.signal,
  })
  return { rowCount, findings: [...opened.findings, ...findings] }
}

/** The same for Prometheus. */
export function selfCheckFamilies(state: VerificationState): MetricFamily[] {
  const age = state.checkedUnixMs === 0 ? -1 : (Date.now() - state.checkedUnixMs) / 1000
  return [
    {
      name: 'whodid_self_check_rows_total',
      type: 'counter',
      help: 'Rows whose hash was recomputed and held against what was sealed.',
      samples: [{ value: state.rowCount }],
    },
    {
      name: 'whodid_self_check_failed',
      type: 'gauge',
      help: '1 when the self-check has found that the ledger is not what was sealed.',
      samples: [{ value: state.state === 'failed' ? 1 : 0 }],
    },
    {
      name: 'whodid_self_check_age_seconds',
      type: 'gauge',
      help: 'Seconds since a part of the ledger was verified; -1 before the first.',
      samples: [{ value: age }],
    },
  ]
}
