import { attribute } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Attributes, Value } from '../otlp/batch.ts'
import { deriveOutcome } from './conventions/derive-outcome.ts'
import type { OutcomeRule } from './conventions/outcome-rules.ts'
import type { Convention, Telemetry } from './conventions/telemetry.ts'

/** The largest value of the column of dropped attributes. */
const droppedCountMax = 2 ** 32 - 1

/** Fills in the outcome of an act; returns the rule that derived it, '' where the record says it or nothing does. */
export function fillOutcome(
  record: LedgerRecord,
  telemetry: Telemetry,
  spoken: readonly Convention[],
): OutcomeRule | '' {
  const isAct = record.recordKind === 'tool_call' || record.recordKind === 'action'
  if (!isAct) return ''
  if (record.verb === '' && record.recordKind === 'tool_call') record.verb = 'execute'
  const { outcome, rule } = deriveOutcome(record, telemetry, spoken)
  record.outcome = outcome
  return rule
}

/**
 * Keeps the rule's name beside the outcome that it derived, first, so that no bound on attributes cuts it. The key is the
 * collector's own: a sender's value under it is left out and counted.
 */
export function withOutcomeRule(
  attributes: Attributes,
  rule: OutcomeRule | '',
  record: LedgerRecord,
): Attributes {
  const isTaken = attributes.has(attribute.outcomeRule)
  if (isTaken) record.droppedCount = Math.min(record.droppedCount + 1, droppedCountMax)
  if (!isTaken && rule === '') return attributes
  const kept = new Map<string, Value>(rule === '' ? [] : [[attribute.outcomeRule, rule]])
  for (const [key, value] of attributes) if (key !== attribute.outcomeRule) kept.set(key, value)
  return kept
}
