import { ledgerRecord } from '../ledger-record.ts'
import type { LedgerEvent } from '../ledger-record.ts'
import { CommitLog } from '../log/commit-log.ts'
import { fillHoles } from '../log/fill-holes.ts'
import { listSegments, makeDirectory } from '../log/log-files.ts'
import { tellLost } from '../log/tell-lost.ts'
import { loadOrigin } from '../log/log-origin.ts'
import type { LeafRun } from '../log/read-back.ts'
import { openSealer } from './open-sealer.ts'
import type { SealedLogParts } from './seal-options.ts'
import type { Sealer } from './sealer.ts'

type OpenedLog = Awaited<ReturnType<typeof CommitLog.open>>

/** A log, what a start found in it, and the sealer of its tree; undefined where nothing is sealed. */
export interface SealedLog extends Pick<OpenedLog, 'log' | 'sealed' | 'kept'> {
  readonly sealer: Sealer | undefined
  /** Says on record what damage took, once the ledger has been asked. */
  readonly tellLost: (lost: Parameters<typeof tellLost>[0]) => Promise<void>
}

/**
 * Opens a log with its tree: the tree first, for what it covers is never numbered again, then the log, whose leaves above it
 * go to the sealer.
 */
export async function openSealedLog(parts: SealedLogParts): Promise<SealedLog> {
  const { dir, files, limits, nowUnixNs, onProblem } = parts
  await makeDirectory(files, dir)
  const hasRecords = (await listSegments(files, dir)).length > 0
  const logId = await loadOrigin({ files, dir, configured: parts.logOrigin, hasRecords })
  const sealer = parts.seal === undefined ? undefined : await openSealer(parts, parts.seal, logId)
  const early: LeafRun[] = []
  let isBegun = false
  const opened = await CommitLog.open({
    dir,
    logId,
    files,
    limits,
    sealedSize: sealer?.sealedSize,
    rows: parts.rows,
    nowMs: () => performance.now(),
    // What comes durable before the holes are filled stands behind them.
    onDurable: (run) => (isBegun ? sealer?.take(run) : void early.push(run)),
    unsealedCount: () => sealer?.unsealedCount ?? 0,
    onSealed: parts.onSealed,
    onProblem,
  })
  const say = (event: LedgerEvent): ReturnType<CommitLog['append']> =>
    opened.log.append([ledgerRecord(event, nowUnixNs())])
  const sealedSize = sealer?.sealedSize
  const { rows } = parts
  const unsealed = await fillHoles({ opened, logId, sealedSize, rows, nowUnixNs, onProblem })
  isBegun = true
  sealer?.begin([...unsealed, ...early], say)
  return { ...opened, sealer, tellLost: (lost) => tellLost(lost, { rows, logId, say }) }
}
