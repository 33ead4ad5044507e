import { join } from 'node:path'
import { logName, makeDirectory } from '@whodid/tlog-posix'
import { fillHoles } from '../wal/fill-holes.ts'
import { ledgerRecord, reportLost } from '../wal/ledger-event.ts'
import { loadOrigin } from '../wal/log-origin.ts'
import { openWriteAheadLog } from '../wal/open-write-ahead-log.ts'
import type { OpenedLog } from '../wal/open-write-ahead-log.ts'
import { listSegments } from '../wal/segment-files.ts'
import type { LeafRun } from '../wal/segment.ts'
import type { AppendEvent, SequencedLogDeps, SequencerOptions } from './sequencer-options.ts'
import { Sequencer } from './sequencer.ts'

/** A log, its state at the start, and the sequencer of its tree; undefined where nothing is sealed. */
export interface SequencedLog extends Pick<OpenedLog, 'log' | 'closed' | 'kept'> {
  readonly sequencer: Sequencer | undefined
  /** Puts on record the places that damage took, once the ledger has been asked. */
  readonly reportLost: (lost: Parameters<typeof reportLost>[0]) => Promise<void>
}

/**
 * Opens a log with its tree: the tree first, because its indexes are never given again, then the log, whose leaves above it
 * go to the sequencer.
 */
export async function openSequencedLog(parts: SequencedLogDeps): Promise<SequencedLog> {
  const { dir, files, limits, nowUnixNs, onProblem } = parts
  await makeDirectory(files, dir)
  const hasRecords = (await listSegments(files, dir)).length > 0
  const logId = await loadOrigin({ files, dir, configured: parts.logOrigin, hasRecords })
  const sequencer =
    parts.sequencer === undefined ? undefined : await openSequencer(parts, parts.sequencer, logId)
  const early: LeafRun[] = []
  let isBegun = false
  const opened = await openWriteAheadLog({
    dir,
    logId,
    files,
    limits,
    sealedSize: sequencer?.sealedSize,
    rows: parts.rows,
    nowMs: () => performance.now(),
    // Records that become durable before the holes are filled stand behind them.
    onDurable: (run) => (isBegun ? sequencer?.take(run) : void early.push(run)),
    unsealedCount: () => sequencer?.unsealedCount ?? 0,
    onClosed: parts.onClosed,
    onProblem,
  })
  const append: AppendEvent = (event) => opened.log.append([ledgerRecord(event, nowUnixNs())])
  const sealedSize = sequencer?.sealedSize
  const { rows } = parts
  const unsealed = await fillHoles({ opened, logId, sealedSize, rows, nowUnixNs, onProblem })
  isBegun = true
  sequencer?.begin([...unsealed, ...early], append)
  return { ...opened, sequencer, reportLost: (lost) => reportLost(lost, { rows, logId, append }) }
}

/** Opens the sequencer of a log's tree, in the tree's own directory under the log's name. */
function openSequencer(
  { files, limits, nowUnixNs, onProblem }: SequencedLogDeps,
  { treeDir, keysDir, wrapping, witnesses = [], metaLog }: SequencerOptions,
  origin: string,
): Promise<Sequencer> {
  return Sequencer.open({
    origin,
    dir: join(treeDir, logName(origin)),
    keysDir,
    wrapping,
    witnesses,
    metaLog,
    files,
    limits,
    nowUnixMs: () => Number(nowUnixNs() / 1_000_000n),
    onProblem,
  })
}
