import type { Appender } from '@whodid/store'
import { lockDirectory } from '@whodid/tlog-posix'
import type { Unlock } from '@whodid/tlog-posix'
import type { CollectorMeter } from './metrics/collector-meter.ts'
import { Quarantine } from './quarantine/quarantine.ts'
import { replayEntry } from './quarantine/replay-entry.ts'
import { openSequencedLog } from './sequencer/open-sequenced-log.ts'
import type { SequencedLog } from './sequencer/open-sequenced-log.ts'
import { noSequencer } from './sequencer/sequencer-options.ts'
import type { SequencedLogDeps } from './sequencer/sequencer-options.ts'
import { takeImported } from './take-imported.ts'
import type { ImportedRequest } from './take-imported.ts'
import { SegmentInserter } from './wal/segment-inserter.ts'
import type { ClosedSegment } from './wal/segment-writer.ts'

/** The parts that the log, its sequencer and its inserter use. */
export interface LogDeps extends Omit<SequencedLogDeps, 'onClosed' | 'onProblem'> {
  readonly appender: Pick<Appender, 'append'>
  readonly keys: Parameters<typeof replayEntry>[1]['keys']
  readonly random: () => number
  readonly clientNamed: Parameters<typeof replayEntry>[2]
  readonly meter: CollectorMeter
}

/** An open log, its sequencer, its inserter, and the lock on its directory. */
export interface OpenLog extends Pick<SequencedLog, 'log' | 'sequencer'> {
  readonly inserter: SegmentInserter
  readonly quarantine: Quarantine
  readonly unlock: Unlock
  /** Takes events of another system's log: see {@link takeImported}. */
  readonly takeImported: (request: ImportedRequest) => Promise<void>
}

/** The levels of the quarantine and the sequencer. */
export function levelsOf({
  quarantine,
  sequencer,
}: OpenLog): Quarantine['levels'] & typeof noSequencer {
  return { ...quarantine.levels, ...(sequencer?.levels ?? noSequencer) }
}

/** Opens the log and starts its inserter, beginning with the segments that earlier runs could not store. */
export async function openLog(parts: LogDeps): Promise<OpenLog> {
  const { dir, files, limits, meter } = parts
  const unlock = await lockDirectory(dir)
  const onProblem = (message: string): void => meter.problem('log_problem', message)
  const onFailure = async (thrown: unknown): Promise<never> => {
    await unlock()
    throw thrown
  }
  // A segment that is closed before the inserter is there waits for it.
  let take: (segment: ClosedSegment) => void = (segment) => early.push(segment)
  const early: ClosedSegment[] = []
  const onClosed = (segment: ClosedSegment): void => take(segment)
  const opened = await openSequencedLog({ ...parts, onClosed, onProblem }).catch(onFailure)
  const { log, closed, kept, sequencer, reportLost } = opened
  const quarantine = await Quarantine.open({
    logDir: dir,
    files,
    limits,
    onProblem,
    replay: (entry) => replayEntry(entry, { ...parts, log }, parts.clientNamed),
    onReplayed: (spanCount) => meter.replayed(spanCount),
  }).catch(onFailure)
  const inserter = new SegmentInserter({
    ...parts,
    kept,
    onProblem,
    logIdHex: log.logIdHex,
    isSealed: (end) => sequencer?.isSealed(end) ?? true,
    onLost: (lost) => {
      void reportLost(lost).catch((thrown: unknown) => onProblem(String(thrown)))
    },
    onStored: (segment, inserted) => {
      log.release(segment)
      meter.stored(inserted, performance.now() - segment.openedMs)
    },
    onRetry: (error) => meter.retried(error),
  })
  take = (segment) => inserter.take(segment)
  for (const segment of [...closed, ...early]) inserter.take(segment)
  return {
    log,
    sequencer,
    inserter,
    quarantine,
    unlock,
    takeImported: (request) => takeImported(request, { ...parts, log }),
  }
}
