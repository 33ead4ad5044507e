import { printableLine } from '@whodid/model'
import type { LedgerVerification, LogAssurance } from '@whodid/query'

/** What was verified, as JSON. */
export function verificationJson({
  logs,
  findings,
  assurances,
  exitCode,
}: LedgerVerification): object {
  return {
    ok: exitCode === 0,
    logs: logs.map(({ log, size, from, to, rowCount, pendingCount, prunedCount }) => ({
      log,
      size,
      from,
      to,
      rows: rowCount,
      pending: pendingCount,
      pruned: prunedCount,
      ...assuranceOf(log, assurances),
    })),
    findings,
  }
}

/** Without a policy nobody but the log itself was asked. */
function assuranceOf(
  log: string,
  assurances: readonly LogAssurance[] = [],
): { readonly assurance: string; readonly assured: number } | { readonly assurance: 'local' } {
  const known = assurances.find((assurance) => assurance.log === log)
  return known === undefined
    ? { assurance: 'local' }
    : { assurance: known.assurance, assured: known.size }
}

/** What was verified, in sentences. */
export function verificationText({
  logs,
  findings,
  assurances,
  exitCode,
}: LedgerVerification): string {
  const done = logs.map(({ log, size, rowCount, pendingCount }) => {
    const pending = pendingCount === 0 ? '' : `, ${pendingCount} on their way`
    const { assurance } = assuranceOf(log, assurances)
    return `${printableLine(log)}: ${rowCount} rows recomputed, ${size} sealed${pending}; ${assurance}\n`
  })
  const found = findings.map(({ code, log, text, span, count }) => {
    const row = span === undefined ? '' : ` (span:${span})`
    const all = count === undefined ? '' : `; ${count} in all`
    return `${code}  ${printableLine(log)}: ${printableLine(text, 400)}${row}${all}\n`
  })
  const nothing = logs.length === 0 && findings.length === 0
  const end = nothing
    ? 'There is nothing to verify: no log is sealed here, or no record bears the handle.\n'
    : exitCode === 0
      ? 'Every row is as it was sealed.\n'
      : 'THE LEDGER IS NOT WHAT WAS SEALED.\n'
  return `${done.join('')}${found.join('')}${end}`
}
