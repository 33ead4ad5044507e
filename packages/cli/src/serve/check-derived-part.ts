import { derivedMonths, openSealedLog, storedPlaces, verifyDerivedMonth } from '@whodid/verify'
import type { DerivedDeps, Finding, LogToVerify, SealedLog } from '@whodid/verify'
import type { LeafReader } from '@whodid/store'

/** Records that the tables beside them are held against in one look, on the average: a month is looked at when looks have earned it. */
const rowsAtOnce = 65_536

/** How far the verification of the tables beside the records has come. */
export interface DerivedRound {
  /** Where the month begins that was verified last, in nanoseconds since 1970; -1 before the first. */
  readonly lastUnixNs: bigint
  /** Records that may be looked at by now. */
  readonly earned: number
  /** What the last look found in the month that is looked at again. */
  readonly suspects: readonly Finding[]
}

/** Before the first look. */
export const noDerivedRound: DerivedRound = { lastUnixNs: -1n, earned: 0, suspects: [] }

/** What one look came to. */
export interface DerivedPart {
  readonly round: DerivedRound
  readonly findings: readonly Finding[]
}

/**
 * Recomputes the next month of the tables that questions read beside the records, once looks enough have gone by for its size. What
 * is wrong is told when a second look finds it too: a prune takes rows from one table a moment before it takes them from another.
 * Throws as `verifyDerived`.
 */
export async function checkDerivedPart(
  logs: readonly LogToVerify[],
  { reader, signal }: { readonly reader: LeafReader; readonly signal: AbortSignal },
  round: DerivedRound,
): Promise<DerivedPart> {
  const sealed = (await Promise.all(logs.map(openLog))).filter((log) => log !== undefined)
  if (sealed.length === 0) return { round, findings: [] }
  const ground: DerivedDeps = { reader, logs: sealed, storedTo: storedPlaces(logs), signal }
  const months = await derivedMonths(ground)
  const earned = round.earned + rowsAtOnce
  const month = months.find(({ fromUnixNs }) => fromUnixNs > round.lastUnixNs) ?? months[0]
  if (month === undefined || (month.rowCount > earned && round.suspects.length === 0))
    return { round: { ...round, earned }, findings: [] }
  const findings = await verifyDerivedMonth(ground, month)
  const left = Math.max(0, Math.min(earned - month.rowCount, rowsAtOnce))
  if (findings.length > 0 && round.suspects.length === 0)
    return { round: { ...round, earned: left, suspects: findings }, findings: [] }
  const next = { lastUnixNs: month.fromUnixNs, earned: left, suspects: [] }
  return { round: next, findings: findings.filter((one) => isAmong(round.suspects, one)) }
}

/** What is wrong with a log itself is found where its rows are verified. */
async function openLog({
  origin,
  tiles,
  note,
  epochs,
}: LogToVerify): Promise<SealedLog | undefined> {
  return (await openSealedLog({ origin, tiles, note, epochs })).log
}

function isAmong(findings: readonly Finding[], { code, log, span, text }: Finding): boolean {
  return findings.some(
    (one) => one.code === code && one.log === log && one.span === span && one.text === text,
  )
}
