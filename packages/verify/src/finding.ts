/**
 * What a verification can find, each with the exit code of `whodid verify` when it is the worst. Stable: monitoring and
 * `docs/howto/verify.md` name them.
 *
 * @example
 * ```ts
 * console.log(findingCodes.row_mismatch) // 40
 * ```
 */
export const findingCodes = {
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

export type FindingCode = keyof typeof findingCodes

/** One thing that is not as it was sealed. */
export interface Finding {
  readonly code: FindingCode
  /** The log it is about, or the table that is made of the records of all logs. */
  readonly log: string
  /** A sentence with what was expected and what was found. */
  readonly text: string
  /** The place in the log, where it is about one. */
  readonly index?: number
  /** `<traceid>-<spanid>` of the row as it stands now, where there is one. */
  readonly span?: string
  /** How many of the kind there are in all, on the last that is named. */
  readonly count?: number
}

/**
 * Whether what is found may be over by itself: the sealer or a witness was slow, or did not answer.
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
 * The exit code for what was found: 0 when nothing was, else that of the worst.
 *
 * @example
 * ```ts
 * process.exitCode = exitCodeOf(result.findings)
 * ```
 */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.reduce((worst, { code }) => Math.max(worst, findingCodes[code]), 0)
}
