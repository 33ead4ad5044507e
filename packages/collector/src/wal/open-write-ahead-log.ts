import { systemFiles } from '@whodid/tlog-posix'
import type { ReadSegment } from './read-back.ts'
import { RecentKeys } from './record-key.ts'
import { recover } from './recover.ts'
import { SegmentWriter } from './segment-writer.ts'
import type { ClosedSegment } from './segment-writer.ts'
import type { IndexRange, LeafRun } from './segment.ts'
import { SequenceQueue } from './sequence-queue.ts'
import { WriteAheadLog } from './write-ahead-log.ts'
import type { LogOptions } from './write-ahead-log.ts'

/** A log, and the state in which the last run left it. */
export interface OpenedLog {
  readonly log: WriteAheadLog
  /** The segments that ClickHouse has not acknowledged, in order. */
  readonly closed: readonly ClosedSegment[]
  readonly kept: readonly ReadSegment[]
  /** The leaves that are durable and not in the tree, in order. */
  readonly unsealed: readonly LeafRun[]
  /** Indexes whose records damage has taken, in order. */
  readonly missing: readonly IndexRange[]
}

/** Opens the log and repairs the state in which the last run left it. Must hold the directory's lock. */
export async function openWriteAheadLog(options: LogOptions): Promise<OpenedLog> {
  const { dir, limits, logId, rows, sealedSize } = options
  const files = options.files ?? systemFiles
  const keys = new RecentKeys(limits.recentKeysMax)
  const recovered = await recover({
    files,
    dir,
    keys,
    keysMax: limits.recentKeysMax,
    sealedSize,
    rows,
    logId,
    onDamage: options.onProblem,
  })
  const { logIdHex, nextNumber, segments, sequence, unsealed, missing } = recovered
  const closed = segments
    .filter(({ state }) => state === 'closed')
    .map(({ number, bytes, modifiedMs, indexes }) => ({
      number,
      bytes,
      indexes,
      openedMs: options.nowMs() - Math.max(Date.now() - modifiedMs, 0),
    }))
  const log = new WriteAheadLog(options, {
    keys,
    writer: new SegmentWriter({ files, dir, logIdHex, nextNumber }),
    queue: new SequenceQueue(sequence),
    unstoredBytes: closed.reduce((sum, { bytes }) => sum + bytes, 0),
    unstoredCount: closed.length,
  })
  const kept = segments.filter(({ state }) => state === 'stored')
  return { log, closed, kept, unsealed, missing }
}
