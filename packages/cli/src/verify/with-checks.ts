import { exitCodeOf } from '@whodid/query'
import type { LedgerVerification } from '@whodid/query'
import { checkDerived } from './check-derived.ts'
import type { DerivedToCheck } from './check-derived.ts'
import { checkTexts } from './check-texts.ts'
import type { TextsToCheck } from './check-texts.ts'

/** A verification of rows, and that of the tables that questions read beside them. Throws as `checkDerived`. */
export async function withDerived(
  result: LedgerVerification,
  wanted: DerivedToCheck,
): Promise<LedgerVerification> {
  const derived = await checkDerived(wanted)
  const findings = [...result.findings, ...derived.findings]
  return { ...result, derived, findings, exitCode: exitCodeOf(findings) }
}

/** A verification, and that of the texts. Throws as `checkTexts`. */
export async function withTexts(
  result: LedgerVerification,
  wanted: TextsToCheck,
): Promise<LedgerVerification> {
  const texts = await checkTexts(wanted)
  const findings = [...result.findings, ...texts.flatMap((checked) => checked.findings)]
  return { ...result, texts, findings, exitCode: exitCodeOf(findings) }
}
