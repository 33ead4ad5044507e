import type { WitnessEndpoint } from '@whodid/witness'
import type { CollectorLimits } from '../limits.ts'
import type { LedgerRows } from '../log/ledger-rows.ts'
import type { LogFiles } from '../log/log-files.ts'
import type { SealedSegment } from '../log/segment-writer.ts'

/** Where a collector keeps its tree and its keys. */
export interface SealOptions {
  /** Directory of the trees; the log's own is made in it, named after the last element of its origin. */
  readonly treeDir: string
  /** Directory of the private keys, 0700; best on another disk or host than the database. */
  readonly keysDir: string
  /** Who is asked to cosign each checkpoint. Default: nobody, and the tree proves nothing against whoever holds its key. */
  readonly witnesses?: readonly WitnessEndpoint[]
  /** The meta-log that takes each checkpoint, by the key that it acknowledges with. Default: none. */
  readonly metaLog?: WitnessEndpoint | undefined
}

/** What a log and its sealer are opened with. */
export interface SealedLogParts {
  readonly dir: string
  readonly files: LogFiles
  readonly limits: CollectorLimits
  readonly nowUnixNs: () => bigint
  readonly logOrigin: string | undefined
  readonly seal: SealOptions | undefined
  readonly rows: LedgerRows | undefined
  readonly onSealed: (segment: SealedSegment) => void
  readonly onProblem: (message: string) => void
}
