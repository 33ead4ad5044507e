/**
 * The codes of all findings, each with the exit code of `whodid verify` when it is the worst. The codes are stable: monitoring
 * and `docs/howto/verify.md` name them.
 *
 * @example
 * ```ts
 * console.log(findingCodes.row_mismatch) // 40
 * ```
 */
export const findingCodes = {
  loss_accepted: 5,
  unwitnessed: 10,
  checkpoint_stale: 20,
  checkpoint_inconsistent: 30,
  rolled_back: 30,
  forked: 30,
  row_mismatch: 40,
  row_missing: 40,
  row_duplicated: 40,
  row_unsealed: 40,
  row_of_unknown_log: 40,
  act_missing: 40,
  act_mismatch: 40,
  act_unsealed: 40,
  thread_missing: 40,
  thread_mismatch: 40,
  thread_unsealed: 40,
  content_missing: 40,
  content_mismatch: 40,
  log_missing: 40,
  unregistered_log: 40,
  tile_missing: 40,
  tile_mismatch: 40,
  root_mismatch: 40,
  checkpoint_missing: 40,
  checkpoint_signature: 40,
  checkpoint_malformed: 50,
} as const

/**
 * The code of a finding.
 *
 * @example
 * ```ts
 * const code: FindingCode = 'row_missing'
 * ```
 */
export type FindingCode = keyof typeof findingCodes

/**
 * One difference between the ledger and what was sealed.
 *
 * @example
 * ```ts
 * const line = ({ code, log, text }: Finding): string => `${code} ${log}: ${text}`
 * ```
 */
export interface Finding {
  readonly code: FindingCode
  /** The log that the finding is about, or the table that is derived from the records of all logs. */
  readonly log: string
  /** A sentence with the expected and the actual value. */
  readonly text: string
  /** The place in the log, if the finding is about one. */
  readonly index?: number
  /** The places that are lost, `to` excluded, if the finding is about some. */
  readonly lost?: { readonly from: number; readonly to: number }
  /** `<traceid>-<spanid>` of the row as it is now, if there is one; of the record, if the loss was accepted. */
  readonly span?: string
  /** The total number of findings of this code, on the last one that is listed. */
  readonly count?: number
}

/**
 * Returns true when a finding may end by itself: the sequencer or a witness was slow, or did not answer.
 *
 * @example
 * ```ts
 * const lasting = findings.filter(({ code }) => !isPassing(code))
 * ```
 */
export function isPassing(code: FindingCode): boolean {
  return code === 'unwitnessed' || code === 'checkpoint_stale' || code === 'row_unsealed'
}

/**
 * Returns the exit code for the findings: 0 when there are none, else that of the worst.
 *
 * @example
 * ```ts
 * process.exitCode = exitCodeOf(result.findings)
 * ```
 */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.reduce((worst, { code }) => Math.max(worst, findingCodes[code]), 0)
}

/**
 * Returns the first finding of each code, then the second of each, and so on: many of one code hide no other where a list is cut.
 *
 * @example
 * ```ts
 * const shown = firstOfEachCode(findings).slice(0, 10)
 * ```
 */
export function firstOfEachCode(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>()
  return findings
    .map((finding) => {
      const rank = counts.get(finding.code) ?? 0
      counts.set(finding.code, rank + 1)
      return { finding, rank }
    })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ finding }) => finding)
}
