import type { LeafReader } from '@whodid/store'
import { exitCodeOf } from '../finding.ts'
import { openSealedLog } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import type { LedgerVerification, LogToVerify } from '../verify-ledger.ts'
import { verifyDerived } from './verify-derived.ts'
import type { DerivedVerification } from './verify-derived.ts'

/** What the tables beside the records are checked with. */
export interface DerivedToCheck {
  /** Every log there is. */
  readonly known: readonly LogToVerify[]
  readonly reader: LeafReader
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal: AbortSignal
}

/**
 * Recomputes the tables that questions read beside the records, of all logs together. Throws as `verifyDerived`.
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
    // What is wrong with a log itself has been found where its rows were verified.
    const { log } = await openSealedLog({ origin, tiles, note, epochs })
    if (log !== undefined) logs.push(log)
  }
  return verifyDerived({ reader, logs, storedTo: storedPlaces(known), onProgress, signal })
}

/**
 * By log, the first place whose row may still be on its way into ClickHouse.
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
 * A verification of rows, and that of the tables that questions read beside them. Throws as `checkDerived`.
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
