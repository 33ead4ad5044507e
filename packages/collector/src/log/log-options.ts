import type { CollectorLimits } from '../limits.ts'
import type { CommitLog } from './commit-log.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { LogFiles } from './log-files.ts'
import type { LeafRun, ReadSegment } from './read-back.ts'
import type { IndexRange, SealedSegment } from './segment-writer.ts'

/** How the log is opened. */
export interface LogOptions {
  readonly dir: string
  /** The log's ID in every record: its C2SP origin. */
  readonly logId: string
  readonly limits: CollectorLimits
  /** Leaves that a checkpoint covers; default: nothing is sealed. */
  readonly sealedSize?: number | undefined
  /** What tells which records are in ClickHouse, asked where a segment is damaged. Default: nobody, and what is damaged is lost. */
  readonly rows?: LedgerRows | undefined
  /** Is handed the leaf hashes of all that has become durable, in order of the indexes. */
  readonly onDurable?: (run: LeafRun) => void
  /** Records that are durable and that no checkpoint covers. */
  readonly unsealedCount?: () => number
  /** Milliseconds of a clock that only goes forward: a segment's age must not wait for a clock that was put back. */
  readonly nowMs: () => number
  readonly onSealed: (segment: SealedSegment) => void
  readonly onProblem: (message: string) => void
  readonly files?: LogFiles
}

/** What a start found. */
export interface OpenedLog {
  readonly log: CommitLog
  /** What ClickHouse has not acknowledged, in order. */
  readonly sealed: readonly SealedSegment[]
  readonly kept: readonly ReadSegment[]
  /** What is durable and not in the tree, in order. */
  readonly unsealed: readonly LeafRun[]
  /** Indexes whose records damage has taken, in order. */
  readonly missing: readonly IndexRange[]
}
