import type { WitnessEndpoint, WitnessLevel } from '@whodid/witness'
import type { Appended } from '../log/commit-log.ts'
import type { LogFiles } from '../log/log-files.ts'
import type { CollectorLimits } from '../limits.ts'
import type { LedgerEvent } from '../ledger-record.ts'

/** What a sealer works with. */
export interface SealerOptions {
  readonly origin: string
  /** Directory of this log's tree, and of its keys. */
  readonly dir: string
  readonly keysDir: string
  readonly files: LogFiles
  readonly limits: CollectorLimits
  readonly nowUnixMs: () => number
  readonly onProblem: (message: string) => void
  readonly witnesses: readonly WitnessEndpoint[]
  readonly metaLog: WitnessEndpoint | undefined
}

/** Appends what the ledger itself has to say. */
export type AppendEvent = (event: LedgerEvent) => Promise<Appended>

/** How the tree stands. */
export interface SealLevels {
  /** Records that a checkpoint covers. */
  readonly sealedSize: number
  /** Records that are durable and that none covers. */
  readonly unsealedCount: number
  /** Milliseconds since the newest checkpoint; since the start where there is none of this run. */
  readonly checkpointAgeMs: number
  /** Why nothing is sealed any more; '' while all is well. */
  readonly sealFailure: string
  /** Milliseconds of this process's time that hashing the tree and signing took. */
  readonly sealMs: number
  readonly checkpoints: number
  readonly witnesses: readonly WitnessLevel[]
  /** How the log stands with the meta-log; undefined where there is none. */
  readonly metaLog: WitnessLevel | undefined
  /** Keys of the log that the meta-log has not acknowledged; 0 where there is none. */
  readonly unregisteredKeys: number
}

/** How it stands where nothing is sealed. */
export const noSeal: SealLevels = {
  sealedSize: 0,
  unsealedCount: 0,
  checkpointAgeMs: 0,
  sealFailure: '',
  sealMs: 0,
  checkpoints: 0,
  witnesses: [],
  metaLog: undefined,
  unregisteredKeys: 0,
}
