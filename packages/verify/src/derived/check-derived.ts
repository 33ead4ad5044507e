import type { LeafReader } from '@whodid/store'
import { exitCodeOf } from '../finding.ts'
import { openSealedLog } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import type { LedgerVerification, LogToVerify } from '../verify-ledger.ts'
import { verifyDerived } from './verify-derived.ts'
import type { DerivedVerification } from './verify-derived.ts'

/**
 * The logs and the reader that `checkDerived` works with.
 *
 * @example
 * ```ts
 * const wanted: DerivedToCheck = { known: logs, reader, onProgress: () => {}, signal }
 * ```
 */
export interface DerivedToCheck {
  /** Every known log. */
  readonly known: readonly LogToVerify[]
  readonly reader: LeafReader
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal: AbortSignal
}

/**
 * Recomputes the derived tables (`whodid.actions`, `whodid.acts`, `whodid.threads`) of all logs together. Throws as `verifyDerived`.
 *
 * @example
 * ```ts
 * const { findings } = await checkDerived({ known: logs, reader, onProgress: () => {}, signal })
 * ```
 */
export async function checkDerived({
  known,
  reader,
  onProgress,
  signal,
}: DerivedToCheck): Promise<DerivedVerification> {
  const logs: SealedLog[] = []
  for (const { origin, tiles, note, epochs } of known) {
    // The verification of the rows has already reported the findings about the log itself.
    const { log } = await openSealedLog({ origin, tiles, note, epochs })
    if (log !== undefined) logs.push(log)
  }
  return verifyDerived({ reader, logs, storedTo: storedPlaces(known), onProgress, signal })
}

/**
 * Returns, by log, the first place whose row may not be in ClickHouse yet.
 *
 * @example
 * ```ts
 * const storedTo = storedPlaces(await findLogs(places))
 * ```
 */
export function storedPlaces(known: readonly LogToVerify[]): ReadonlyMap<string, number> {
  return new Map(
    known.flatMap(({ origin, options }) =>
      options?.storedTo === undefined ? [] : [[origin, options.storedTo] as const],
    ),
  )
}

/**
 * Adds the verification of the derived tables to that of the rows. Throws as `checkDerived`.
 *
 * @example
 * ```ts
 * const result = await withDerived(await verifyLedger(logs, reader), { known: logs, reader, onProgress, signal })
 * ```
 */
export async function withDerived(
  result: LedgerVerification,
  wanted: DerivedToCheck,
): Promise<LedgerVerification> {
  const derived = await checkDerived(wanted)
  const findings = [...result.findings, ...derived.findings]
  return { ...result, derived, findings, exitCode: exitCodeOf(findings) }
}
