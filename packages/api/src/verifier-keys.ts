import type { CheckpointLogEndpoint } from '@whodid/verify'
import type { LogTrees } from '@whodid/tlog-posix'
import type { NoteSigner } from '@whodid/tlog'

/** The keys that a package is checked with: what `verify.mjs` takes as its trust file. */
export interface VerifierKeys {
  readonly logs: { vkey: string; from_size: number; to_size: number | null }[]
  readonly witnesses: string[]
  /** How many of the witnesses must have cosigned. */
  readonly quorum: number
  readonly exporters: string[]
  /** Keys of meta-logs, under one of which each log must be; none where none is set. */
  readonly meta_logs: string[]
  /** Whether each package holds the ledger's own record of its evidence: one without it is then refused. */
  readonly statements: boolean
}

/** The public keys of all logs here, of the witnesses that are asked, and of this exporter. No secret. */
export async function verifierKeys(
  trees: LogTrees,
  {
    signer,
    witnesses,
    metaLog,
    isStated,
  }: {
    readonly signer: NoteSigner
    readonly witnesses: readonly string[]
    readonly metaLog: CheckpointLogEndpoint | undefined
    readonly isStated: boolean
  },
): Promise<VerifierKeys> {
  const logs = (await trees.all()).flatMap(({ epochs }) =>
    epochs.map(({ vkey, fromSize, toSize }) => ({ vkey, from_size: fromSize, to_size: toSize })),
  )
  const quorum = Math.min(1, witnesses.length)
  const metaLogs = metaLog?.key === undefined ? [] : [metaLog.key.vkey]
  return {
    logs,
    witnesses: [...witnesses],
    quorum,
    exporters: [signer.verifier.vkey],
    meta_logs: metaLogs,
    statements: isStated,
  }
}
