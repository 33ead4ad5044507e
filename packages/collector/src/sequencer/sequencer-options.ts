import type { FilePort, KeyWrapping } from '@whodid/tlog-posix'
import type { WitnessEndpoint, WitnessLevel } from '@whodid/witness'
import type { CollectorLimits } from '../limits.ts'
import type { LedgerEvent } from '../wal/ledger-event.ts'
import type { LedgerRows } from '../wal/ledger-rows.ts'
import type { ClosedSegment } from '../wal/segment-writer.ts'
import type { Appended } from '../wal/write-ahead-log.ts'

/** The parts that a sequencer uses. */
export interface SequencerDeps {
  readonly origin: string
  /** Directory of this log's tree, and of its keys. */
  readonly dir: string
  readonly keysDir: string
  readonly wrapping?: KeyWrapping | undefined
  readonly files: FilePort
  readonly limits: CollectorLimits
  readonly nowUnixMs: () => number
  readonly onProblem: (message: string) => void
  readonly witnesses: readonly WitnessEndpoint[]
  readonly metaLog: WitnessEndpoint | undefined
}

/** Appends an event of the ledger itself; resolves when it is durable. */
export type AppendEvent = (event: LedgerEvent) => Promise<Appended>

/** The state of the tree. */
export interface SequencerLevels {
  /** Records that a checkpoint covers. */
  readonly sealedSize: number
  /** Records that are durable and that none covers. */
  readonly unsealedCount: number
  /** Milliseconds since the newest checkpoint; since the start where there is none of this run. */
  readonly checkpointAgeMs: number
  /** The reason for which nothing is sealed any more; '' while sealing works. */
  readonly sealFailure: string
  /** Milliseconds of this process's time that hashing the tree and signing took. */
  readonly sealMs: number
  readonly checkpoints: number
  readonly witnesses: readonly WitnessLevel[]
  /** The state of the submissions to the checkpoint log; undefined where there is none. */
  readonly metaLog: WitnessLevel | undefined
  /** Keys of the log that the checkpoint log has not acknowledged; 0 where there is none. */
  readonly unregisteredKeys: number
}

/** The state where nothing is sealed. */
export const noSequencer: SequencerLevels = {
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

/** The places of a collector's tree and keys, and the services that its checkpoints go to. */
export interface SequencerOptions {
  /** Directory of the trees; the log's own is made in it, named after the last element of its origin. */
  readonly treeDir: string
  /** Directory of the private keys, 0700; best on another disk or host than the database. */
  readonly keysDir: string
  /** The form that they have on the disk. Default: plain, protected by the mode of their files. */
  readonly wrapping?: KeyWrapping
  /** The witnesses that are asked to cosign each checkpoint. Default: none, and the tree proves nothing against the holder of its key. */
  readonly witnesses?: readonly WitnessEndpoint[]
  /** The checkpoint log that takes each checkpoint, by the key that it acknowledges with. Default: none. */
  readonly metaLog?: WitnessEndpoint | undefined
}

/** The parts with which a log and its sequencer are opened. */
export interface SequencedLogDeps {
  readonly dir: string
  readonly files: FilePort
  readonly limits: CollectorLimits
  readonly nowUnixNs: () => bigint
  readonly logOrigin: string | undefined
  readonly sequencer: SequencerOptions | undefined
  readonly rows: LedgerRows | undefined
  readonly onClosed: (segment: ClosedSegment) => void
  readonly onProblem: (message: string) => void
}
