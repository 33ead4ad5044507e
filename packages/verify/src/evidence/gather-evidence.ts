import {
  checkpointLogAssurances,
  checkpointLogFindings,
  gatherCheckpointLog,
} from '../checkpoint-log/checkpoint-log-evidence.ts'
import type {
  CheckpointLogPlace,
  GatheredCheckpointLog,
} from '../checkpoint-log/checkpoint-log-evidence.ts'
import { exitCodeOf } from '../finding.ts'
import { withoutAccepted } from '../losses/accepted-loss.ts'
import type { LedgerVerification, LogToVerify } from '../verify-ledger.ts'
import {
  gatherPolicyEvidence,
  policyFindings,
  unansweredLines,
  withWitnesses,
} from '../witnesses/policy-evidence.ts'
import { findLogs } from './find-logs.ts'
import type { LogPlaces } from './find-logs.ts'

/**
 * The places of the logs, and the third parties that are asked about them.
 *
 * @example
 * ```ts
 * const wanted: EvidenceWanted = { places, policyPath: undefined, metaLog: undefined, onUnanswered, onProgress, signal }
 * ```
 */
export interface EvidenceWanted {
  readonly places: LogPlaces
  readonly policyPath: string | undefined
  readonly metaLog: Pick<CheckpointLogPlace, 'place' | 'key'> | undefined
  readonly onUnanswered: (line: string) => void
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal: AbortSignal
}

/**
 * The logs, with the evidence of third parties.
 *
 * @example
 * ```ts
 * const { logs, judge }: GatheredEvidence = await gatherEvidence(wanted)
 * ```
 */
export interface GatheredEvidence {
  readonly logs: readonly LogToVerify[]
  /** Adds the findings of the policy and the checkpoint log to a verification; those of one log when `only` names it. */
  readonly judge: (
    verified: LedgerVerification,
    only: string | undefined,
  ) => Promise<LedgerVerification>
}

/**
 * Gathers the evidence that a ledger is verified with. Asks the witnesses and the checkpoint log before it reads the logs'
 * checkpoints, so that no honest log is behind them. Throws when one of these cannot be read.
 *
 * @example
 * ```ts
 * const { logs, judge } = await gatherEvidence({ places, policyPath, metaLog, onUnanswered, onProgress, signal })
 * const result = await judge(await verifyLedger(logs, reader), undefined)
 * ```
 */
export async function gatherEvidence(wanted: EvidenceWanted): Promise<GatheredEvidence> {
  const { places, policyPath, onUnanswered, onProgress, signal } = wanted
  const isAnyoneAsked = policyPath !== undefined || wanted.metaLog !== undefined
  const before = isAnyoneAsked ? await findLogs(places) : []
  const origins = before.map(({ origin }) => origin)
  const policy =
    policyPath === undefined ? undefined : await gatherPolicyEvidence(policyPath, origins, signal)
  if (policy !== undefined) for (const line of unansweredLines(policy, before)) onUnanswered(line)
  const metaLog =
    wanted.metaLog === undefined
      ? undefined
      : await gatherCheckpointLog({
          ...wanted.metaLog,
          anchorPaths: places.anchorPaths ?? [],
          logs: before,
          policy,
          onProgress,
          signal,
        })
  const found = await findLogs(places)
  const logs = policy === undefined ? found : withWitnesses(found, policy, metaLog !== undefined)
  const judge = async (
    verified: LedgerVerification,
    only: string | undefined,
  ): Promise<LedgerVerification> => {
    const findings = [...verified.findings]
    const known = logs.map(({ origin }) => origin)
    if (metaLog !== undefined) known.push(metaLog.origin)
    if (policy !== undefined && only === undefined) findings.push(...policyFindings(policy, known))
    if (metaLog === undefined) return { ...verified, findings, exitCode: exitCodeOf(findings) }
    const ofMetaLog = await ofCheckpointLog(metaLog, logs, only)
    findings.push(...withoutAccepted(ofMetaLog, verified.acceptedLosses ?? []))
    const assurances = checkpointLogAssurances(metaLog)
    return { ...verified, findings, assurances, exitCode: exitCodeOf(findings) }
  }
  return { logs, judge }
}

async function ofCheckpointLog(
  metaLog: GatheredCheckpointLog,
  logs: readonly LogToVerify[],
  only: string | undefined,
): ReturnType<typeof checkpointLogFindings> {
  const findings = await checkpointLogFindings(metaLog, logs)
  return findings.filter(({ log }) => only === undefined || log === only || log === metaLog.origin)
}
