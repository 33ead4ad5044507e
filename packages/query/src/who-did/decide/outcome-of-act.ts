import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** A record with the parts that stand below it. */
export interface Part {
  readonly record: EvidenceRecord
  readonly parts: Part[]
}

/** The outcome of an act, and the record that reports it; undefined when none does. */
export interface ReportedOutcome {
  readonly outcome: string
  readonly reportedBy: EvidenceRecord | undefined
}

/**
 * Returns the outcome of a call with its parts: a denial outranks a failure, and a failure a success, on any of the
 * records. Of several parts side by side the last decides: a call that was tried again has the outcome of the last try.
 */
export function outcomeOf({ record: call, parts }: Part): ReportedOutcome {
  const own: ReportedOutcome = {
    outcome: call.outcome,
    reportedBy: call.outcome === '' ? undefined : call,
  }
  if (call.outcome === 'failure' || call.outcome === 'denied') return own
  const done = lastReported(parts)
  const decision = lastOf(parts.filter(({ record }) => isDecision(record)))?.record
  const isDenied = decision !== undefined && decision.approval !== 'allow'
  if (isDenied && done?.outcome !== 'success') return { outcome: 'denied', reportedBy: decision }
  if (call.outcome === 'success' && call.outcome_rule === '') return own
  if (done !== undefined && done.outcome !== 'success') return done
  return call.outcome === 'success' || done === undefined ? own : done
}

/** Returns the outcome of the last part that ended. */
function lastReported(parts: readonly Part[]): ReportedOutcome | undefined {
  const ended = parts
    .filter(({ record }) => record.kind !== 'approval')
    .map((part) => ({ record: part.record, reported: outcomeOf(part) }))
    .filter(({ reported }) => reported.outcome !== '' && reported.outcome !== 'unknown')
  return lastOf(ended)?.reported
}

function isDecision({ kind, approval, outcome }: EvidenceRecord): boolean {
  return (
    kind === 'approval' && (approval === 'allow' || approval === 'deny' || outcome === 'denied')
  )
}

/** Returns the record that ended last; on a tie, the one that began later. */
function lastOf<Ended extends { readonly record: EvidenceRecord }>(
  records: readonly Ended[],
): Ended | undefined {
  const timeOf = ({ record }: Ended): string => `${record.end_ts} ${record.ts}`
  return records.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)).at(-1)
}
