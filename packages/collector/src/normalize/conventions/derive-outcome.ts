import { attribute, outcomes } from '@whodid/model'
import type { LedgerRecord, Outcome } from '@whodid/model'
import { endingInResult } from './ending-in-result.ts'
import { unsetStatusRule } from './outcome-rules.ts'
import type { OutcomeRule } from './outcome-rules.ts'
import { isRefusal, statedEnding, weightiest } from './stated-ending.ts'
import type { Ending } from './stated-ending.ts'
import type { Convention, Telemetry } from './telemetry.ts'

/** The outcome of an act, and the rule that derived it; no rule where the record states it. */
export interface DerivedOutcome {
  readonly outcome: Outcome | ''
  readonly rule: OutcomeRule | ''
}

const statusOk = 1
const statusError = 2

/**
 * Derives the outcome of an act. Whodid's own attribute stands as it is. Else a refusal goes before a failure, a failure before
 * any form of success (a status OK, a result), and a stated outcome before one that only a rule derives. If there is
 * neither, the outcome stays open. Precondition: `record` holds what the conventions claim.
 */
export function deriveOutcome(
  record: LedgerRecord,
  telemetry: Telemetry,
  spoken: readonly Convention[],
): DerivedOutcome {
  if (isSaid(telemetry)) return said(record.outcome)
  const ending = endingOf(record, telemetry)
  if (ending === 'denied' || ending === 'failure') return said(ending)
  const inResult = endingInResult(record.result)
  if (inResult === 'failure') return { outcome: 'failure', rule: 'result_is_error' }
  if (hasUnsettledException(telemetry)) return { outcome: 'failure', rule: 'exception_event' }
  if (ending === 'open') return nothing
  if (ending !== '') return said(ending)
  return inResult === 'unclear' ? nothing : succeeded(record, telemetry, spoken)
}

/** Returns the weightiest ending that approval, status, attributes and conventions state. */
function endingOf(record: LedgerRecord, { statusCode, attributes }: Telemetry): Ending | '' {
  if (isRefusal(record.approvalDecision)) return 'denied'
  const byStatus = statusCode === statusError ? 'failure' : ''
  return weightiest(statedEnding(attributes), weightiest(byStatus, record.outcome))
}

const nothing: DerivedOutcome = { outcome: '', rule: '' }

function said(outcome: Outcome | ''): DerivedOutcome {
  return { outcome, rule: '' }
}

/** True when Whodid's own attribute states the outcome; the record holds it already. */
function isSaid({ attributes, resource }: Telemetry): boolean {
  const value = attributes.get(attribute.actionOutcome) ?? resource.get(attribute.actionOutcome)
  return outcomes.some((outcome) => outcome === value)
}

/** An exception that was recorded, where no status says that the act came through in spite of it. */
function hasUnsettledException({ statusCode, events }: Telemetry): boolean {
  return statusCode !== statusOk && events.some(({ name }) => name === 'exception')
}

/** Success, where a rule says so of an act that nothing calls a failure. */
function succeeded(
  record: LedgerRecord,
  telemetry: Telemetry,
  spoken: readonly Convention[],
): DerivedOutcome {
  if (telemetry.statusCode === statusOk) return { outcome: 'success', rule: 'status_ok' }
  const rule = hasEnded(record) ? unsetStatusRule(telemetry, spoken) : ''
  if (rule !== '') return { outcome: 'success', rule }
  return record.result === '' ? nothing : { outcome: 'success', rule: 'result_present' }
}

function hasEnded({ startUnixNs, endUnixNs }: LedgerRecord): boolean {
  return endUnixNs > 0n && endUnixNs >= startUnixNs
}
