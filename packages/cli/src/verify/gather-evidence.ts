import { exitCodeOf } from '@whodid/query'
import type { LedgerVerification, LogToVerify } from '@whodid/query'
import { findLogs } from './find-logs.ts'
import type { LogPlaces } from './find-logs.ts'
import { gatherMetaLog, metaLogAssurances, metaLogFindings } from './meta-log-evidence.ts'
import type { MetaLogEvidence } from './meta-log-evidence.ts'
import {
  gatherPolicyEvidence,
  policyFindings,
  unansweredLines,
  withWitnesses,
} from './policy-evidence.ts'

/** Where the logs lie, and who else is asked about them. */
interface EvidenceWanted {
  readonly places: LogPlaces
  readonly policyPath: string | undefined
  readonly metaLog: { readonly place: string; readonly vkey: string } | undefined
  readonly onUnanswered: (line: string) => void
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal: AbortSignal
}

/** The logs, and what others say of them. */
interface GatheredEvidence {
  readonly logs: readonly LogToVerify[]
  /** Adds to what was verified what policy and meta-log say of the ledger as a whole; of one log alone, if it was the only one. */
  readonly judge: (
    verified: LedgerVerification,
    only: string | undefined,
  ) => Promise<LedgerVerification>
}

/**
 * Gathers what a verification holds the ledger against. What witnesses and meta-log say is heard before the checkpoints are read
 * that they are held against: then no honest log is behind them. Throws as the reading of each does.
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
      : await gatherMetaLog({
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
    findings.push(...(await ofMetaLog(metaLog, logs, only)))
    const assurances = metaLogAssurances(metaLog)
    return { ...verified, findings, assurances, exitCode: exitCodeOf(findings) }
  }
  return { logs, judge }
}

async function ofMetaLog(
  metaLog: MetaLogEvidence,
  logs: readonly LogToVerify[],
  only: string | undefined,
): ReturnType<typeof metaLogFindings> {
  const findings = await metaLogFindings(metaLog, logs)
  return findings.filter(({ log }) => only === undefined || log === only || log === metaLog.origin)
}
