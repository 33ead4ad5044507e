import { derivedMonths, openSealedLog, verifyDerivedMonth } from '@whodid/verify'
import type { DerivedDeps, Finding, LogToVerify, SealedLog } from '@whodid/verify'
import type { LeafReader } from '@whodid/store'

/** Average number of records that one look compares with the tables beside them: a month is verified when looks have earned its size. */
const rowsAtOnce = 65_536

/** The progress of the verification of the tables beside the records. */
export interface DerivedRound {
  /** The beginning of the month that was verified last, in nanoseconds since 1970; -1 before the first. */
  readonly lastUnixNs: bigint
  /** Records that may be looked at by now. */
  readonly earned: number
  /** The findings of the last look, in the month that is looked at again. */
  readonly suspects: readonly Finding[]
}

/** Before the first look. */
export const noDerivedRound: DerivedRound = { lastUnixNs: -1n, earned: 0, suspects: [] }

/** The parts that one look uses. */
export interface DerivedPartDeps {
  readonly reader: LeafReader
  readonly signal: AbortSignal
  /** By log, the first place whose row may not be in ClickHouse yet. */
  readonly storedTo: ReadonlyMap<string, number>
}

/** The result of one look. */
export interface DerivedPart {
  readonly round: DerivedRound
  readonly findings: readonly Finding[]
}

/**
 * Recomputes the next month of the tables that questions read beside the records, once enough looks have passed for its size. A
 * finding is reported when a second look finds it too: a prune deletes rows from one table a moment before it deletes them from another.
 * Throws as `verifyDerived`.
 */
export async function checkDerivedPart(
  logs: readonly LogToVerify[],
  { storedTo, ...ports }: DerivedPartDeps,
  round: DerivedRound,
): Promise<DerivedPart> {
  const sealed = (await Promise.all(logs.map(openLog))).filter((log) => log !== undefined)
  if (sealed.length === 0) return { round, findings: [] }
  const deps: DerivedDeps = { ...ports, logs: sealed, storedTo }
  const months = await derivedMonths(deps)
  const earned = round.earned + rowsAtOnce
  const month = months.find(({ fromUnixNs }) => fromUnixNs > round.lastUnixNs) ?? months[0]
  if (month === undefined || (month.rowCount > earned && round.suspects.length === 0))
    return { round: { ...round, earned }, findings: [] }
  const findings = await verifyDerivedMonth(deps, month)
  const left = Math.max(0, Math.min(earned - month.rowCount, rowsAtOnce))
  if (findings.length > 0 && round.suspects.length === 0)
    return { round: { ...round, earned: left, suspects: findings }, findings: [] }
  const next = { lastUnixNs: month.fromUnixNs, earned: left, suspects: [] }
  return { round: next, findings: findings.filter((one) => isAmong(round.suspects, one)) }
}

/** Returns undefined for a log that cannot be opened: the verification of its rows reports why. */
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
