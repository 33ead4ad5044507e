import { printableLine } from '@whodid/model'
import type { LeafReader } from '@whodid/store'
import type { DerivedVerification } from './derived/verify-derived.ts'
import { exitCodeOf } from './finding.ts'
import type { Finding } from './finding.ts'
import { judgeLosses, lossFinding } from './losses/accepted-loss.ts'
import type { AcceptedLoss } from './losses/accepted-loss.ts'
import { verifyLog } from './rows/verify-log.ts'
import type { LogVerification, LogVerificationOptions } from './rows/verify-log.ts'
import type { TextsVerification } from './texts/verify-texts.ts'
import { openSealedLog } from './tlog/sealed-log.ts'
import type { LogEvidence, SealedLog } from './tlog/sealed-log.ts'
import { judgeWitnesses } from './witnesses/judge-witnesses.ts'
import type { WitnessEvidence, WitnessJudgement } from './witnesses/judge-witnesses.ts'

/**
 * The result of a verification of a whole ledger.
 *
 * @example
 * ```ts
 * const { exitCode }: LedgerVerification = await verifyLedger(logs, reader)
 * ```
 */
export interface LedgerVerification {
  readonly logs: readonly LogVerification[]
  readonly findings: readonly Finding[]
  /** The assurance of each log whose witnesses were judged. */
  readonly assurances?: readonly LogAssurance[]
  /** The results of the logs whose texts were opened. */
  readonly texts?: readonly TextsVerification[]
  /** The result of the derived tables, if they were recomputed. */
  readonly derived?: DerivedVerification
  /** The accepted losses whose records verify. */
  readonly acceptedLosses?: readonly AcceptedLoss[]
  /** 0 without findings, else the exit code of the worst finding. */
  readonly exitCode: number
}

/**
 * The assurance of a log, and the number of leaves that it covers.
 *
 * @example
 * ```ts
 * const { assurances = [] } = await verifyLedger(logs, reader)
 * for (const { log, assurance } of assurances) console.log(log, assurance)
 * ```
 */
export interface LogAssurance extends Pick<WitnessJudgement, 'assurance' | 'size'> {
  readonly log: string
}

/**
 * One log of the ledger, with the options of its verification.
 *
 * @example
 * ```ts
 * const log: LogToVerify = { origin, tiles, note, epochs, options: { from: 0, to: 1_000 } }
 * ```
 */
export interface LogToVerify extends LogEvidence {
  readonly options?: LogVerificationOptions
  /** The evidence of its witnesses. Default: they are not judged. */
  readonly witnesses?: Omit<WitnessEvidence, 'epochs'>
}

/**
 * Verifies the given logs, and that every row names a known log: a row of an unknown log was inserted without the collector.
 * `others` are known logs that are not verified now, by name or with their evidence: a record in one of them may explain a
 * row that is missing in another log. Throws as `LeafReader` does.
 *
 * @example
 * ```ts
 * const { findings, exitCode } = await verifyLedger(await findLogs(places), reader)
 * for (const { code, text } of findings) console.error(code, text)
 * process.exitCode = exitCode
 * ```
 */
export async function verifyLedger(
  logs: readonly LogToVerify[],
  reader: LeafReader,
  others: readonly (string | LogEvidence)[] = [],
): Promise<LedgerVerification> {
  const findings: Finding[] = []
  const verified: LogVerification[] = []
  const assurances: LogAssurance[] = []
  const opened: Opened[] = []
  for (const { options, witnesses, ...evidence } of logs)
    opened.push({ options, witnesses, evidence, ...(await openSealedLog(evidence)) })
  const sealedLogs = opened.flatMap(({ log }) => (log === undefined ? [] : [log]))
  const known = [...sealedLogs, ...(await openEach(others))]
  const acceptedLosses: AcceptedLoss[] = []
  for (const { options, witnesses, evidence, log: sealed, findings: ofOpening } of opened) {
    const { epochs, origin: log } = evidence
    if (sealed === undefined) {
      findings.push(...ofOpening)
      continue
    }
    const ofLog = [...ofOpening]
    if (witnesses !== undefined) {
      const judged = await judgeWitnesses(sealed, { epochs, ...witnesses })
      ofLog.push(...judged.findings)
      assurances.push({ log, assurance: judged.assurance, size: judged.size })
    }
    const judged = await judgeLosses({ log: sealed, epochs, findings: ofLog }, known, reader)
    acceptedLosses.push(...judged.losses)
    const verification = await verifyLog(sealed, reader, {
      ...options,
      losses: judged.losses,
      others: known.filter((one) => one !== sealed),
    })
    verified.push(verification)
    const ofRows = [...verification.findings, ...verification.lossesUsed.map(lossFinding)]
    findings.push(...judged.findings, ...ofRows)
  }
  const names = [...logs, ...others].map((log) => (typeof log === 'string' ? log : log.origin))
  findings.push(...(await rowsOfNoLog(names, reader)))
  return { logs: verified, findings, assurances, acceptedLosses, exitCode: exitCodeOf(findings) }
}

interface Opened {
  readonly evidence: LogEvidence
  readonly options: LogVerificationOptions | undefined
  readonly witnesses: LogToVerify['witnesses']
  readonly log?: SealedLog | undefined
  readonly findings: readonly Finding[]
}

/** Opens the other logs. A log with findings is ignored here, and its findings are not reported. */
async function openEach(others: readonly (string | LogEvidence)[]): Promise<SealedLog[]> {
  const logs: SealedLog[] = []
  for (const other of others) {
    if (typeof other === 'string') continue
    const { log, findings } = await openSealedLog(other)
    if (log !== undefined && findings.length === 0) logs.push(log)
  }
  return logs
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
