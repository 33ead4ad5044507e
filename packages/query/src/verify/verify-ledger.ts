import { printableLine } from '@whodid/model'
import type { LeafReader } from '@whodid/store'
import { exitCodeOf } from './finding.ts'
import type { Finding } from './finding.ts'
import { judgeWitnesses } from './judge-witnesses.ts'
import type { WitnessEvidence, WitnessJudgement } from './judge-witnesses.ts'
import { openSealedLog } from './sealed-log.ts'
import type { LogEvidence } from './sealed-log.ts'
import { verifyLog } from './verify-log.ts'
import type { LogVerification, LogVerificationOptions } from './verify-log.ts'
import type { TextsVerification } from './verify-texts.ts'

/** What a verification of a whole ledger did and found. */
export interface LedgerVerification {
  readonly logs: readonly LogVerification[]
  readonly findings: readonly Finding[]
  /** Against whom each log holds; of those whose witnesses were judged. */
  readonly assurances?: readonly LogAssurance[]
  /** The texts of those logs whose texts were opened. */
  readonly texts?: readonly TextsVerification[]
  /** 0 when nothing was found, else that of the worst finding. */
  readonly exitCode: number
}

/** Against whom a log holds, and how many of its leaves. */
export interface LogAssurance extends Pick<WitnessJudgement, 'assurance' | 'size'> {
  readonly log: string
}

/** One log of the ledger, and how far its rows may be expected. */
export interface LogToVerify extends LogEvidence {
  readonly options?: LogVerificationOptions
  /** What is known of its witnesses. Default: they are not judged. */
  readonly witnesses?: Omit<WitnessEvidence, 'epochs'>
}

/**
 * Verifies every log that is known, and that no row names another: a row outside of all logs was put there past the
 * collector. `others` are logs that are known and not verified now. Throws as `LeafReader` does.
 */
export async function verifyLedger(
  logs: readonly LogToVerify[],
  reader: LeafReader,
  others: readonly string[] = [],
): Promise<LedgerVerification> {
  const findings: Finding[] = []
  const verified: LogVerification[] = []
  const assurances: LogAssurance[] = []
  for (const { options, witnesses, ...evidence } of logs) {
    const opened = await openSealedLog(evidence)
    findings.push(...opened.findings)
    if (opened.log === undefined) continue
    if (witnesses !== undefined) {
      const { epochs, origin: log } = evidence
      const judged = await judgeWitnesses(opened.log, { epochs, ...witnesses })
      findings.push(...judged.findings)
      assurances.push({ log, assurance: judged.assurance, size: judged.size })
    }
    const verification = await verifyLog(opened.log, reader, options)
    verified.push(verification)
    findings.push(...verification.findings)
  }
  findings.push(...(await rowsOfNoLog([...logs.map(({ origin }) => origin), ...others], reader)))
  return { logs: verified, findings, assurances, exitCode: exitCodeOf(findings) }
}

async function rowsOfNoLog(origins: readonly string[], reader: LeafReader): Promise<Finding[]> {
  const known = new Set(origins)
  const extents = await reader.extents()
  return extents
    .filter(({ logId }) => !known.has(logId))
    .map(({ logId, rowCount }) => ({
      code: 'row_of_unknown_log',
      log: printableLine(logId, 200),
      count: rowCount,
      text: `each row expected to name a log that is known; got ${rowCount} of "${printableLine(logId, 200)}"`,
    }))
}
