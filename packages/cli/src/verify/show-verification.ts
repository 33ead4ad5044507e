import { printableLine } from '@whodid/model'
import { findingCodes } from '@whodid/verify'
import type { LedgerVerification, LogAssurance, TextsVerification } from '@whodid/verify'

/** Returns the result of a verification as JSON. */
export function verificationJson({
  logs,
  findings,
  assurances,
  texts,
  derived,
  exitCode,
}: LedgerVerification): object {
  return {
    ok: exitCode === 0,
    derived: derived === undefined ? null : { rows: derived.rowCount },
    logs: logs.map(({ log, size, from, to, rowCount, pendingCount, prunedCount, lostCount }) => ({
      log,
      size,
      from,
      to,
      rows: rowCount,
      pending: pendingCount,
      pruned: prunedCount,
      lost: lostCount,
      ...assuranceOf(log, assurances),
      texts: textsOf(log, texts),
    })),
    findings,
  }
}

/** Returns `local` for a log whose witnesses were not judged. */
function assuranceOf(
  log: string,
  assurances: readonly LogAssurance[] = [],
): { readonly assurance: string; readonly assured: number } | { readonly assurance: 'local' } {
  const known = assurances.find((assurance) => assurance.log === log)
  return known === undefined
    ? { assurance: 'local' }
    : { assurance: known.assurance, assured: known.size }
}

/** Returns null when no text was opened. */
function textsOf(
  log: string,
  texts: readonly TextsVerification[] = [],
): { readonly checked: number; readonly removed: number } | null {
  const own = texts.find((one) => one.log === log)
  return own === undefined ? null : { checked: own.textCount, removed: own.removedCount }
}

/** Returns the result of a verification in sentences. */
export function verificationText({
  logs,
  findings,
  assurances,
  texts,
  derived,
  exitCode,
}: LedgerVerification): string {
  const done = logs.map(({ log, size, rowCount, pendingCount }) => {
    const pending = pendingCount === 0 ? '' : `, ${pendingCount} on their way`
    const { assurance } = assuranceOf(log, assurances)
    const opened = textsOf(log, texts)
    const read = opened === null ? '' : `, ${opened.checked} texts opened`
    return `${printableLine(log)}: ${rowCount} rows recomputed, ${size} sealed${pending}${read}; ${assurance}\n`
  })
  const beside =
    derived === undefined
      ? ''
      : `acts and threads recomputed from ${derived.rowCount} rows of all logs\n`
  const found = findings.map(({ code, log, text, span, count }) => {
    const row = span === undefined ? '' : ` (span:${span})`
    const all = count === undefined ? '' : `; ${count} in all`
    return `${code}  ${printableLine(log)}: ${printableLine(text, 400)}${row}${all}\n`
  })
  const nothing = logs.length === 0 && findings.length === 0
  const end = nothing
    ? 'There is nothing to verify: no log is sealed here, or no record bears the handle.\n'
    : exitCode === 0
      ? `Every row is as it was sealed.${derived === undefined ? ' The tables beside the records were not recomputed.' : ''}\n`
      : exitCode === findingCodes.loss_accepted
        ? 'THE LEDGER IS NOT WHOLE. Every row that is left is as it was sealed; the loss of the others was accepted, and nobody can tell what stood there.\n'
        : 'THE LEDGER IS NOT WHAT WAS SEALED.\n'
  return `${done.join('')}${beside}${found.join('')}${end}`
}
