import { outcomes } from '@whodid/model'
import type { Grade, Reason } from '@whodid/model'
import type { EvidenceRecord } from './evidence/evidence-record.ts'

/** What an act's record says of how it ended. */
export type OutcomeEvidence = Pick<EvidenceRecord, 'key' | 'outcome' | 'outcome_rule' | 'channel'>

/**
 * How well an act's outcome is backed: `channel` where an exporter says it that may speak for the actor, `asserted` where
 * another says it, `inferred` where the collector derived it by a rule, `none` where nothing is on record.
 */
export function outcomeGrade({ outcome, outcome_rule, channel }: OutcomeEvidence): Grade {
  if (!outcomes.some((known) => known === outcome)) return 'none'
  if (isRule(outcome_rule)) return 'inferred'
  return channel === 'entitled' ? 'channel' : 'asserted'
}

/** The reason that names the rule by which an act's outcome was derived; none where the record says its outcome. */
export function outcomeReason(subject: OutcomeEvidence): Reason[] {
  if (outcomeGrade(subject) !== 'inferred') return []
  const { key, outcome, outcome_rule: rule } = subject
  const why = whyOfRule.get(rule) ?? (rule.startsWith('status_unset_') ? whyUnset : whyOther)
  return [
    {
      code: 'outcome_inferred',
      text: `The outcome ${outcome} was derived by the rule ${rule}: ${why}.`,
      span: key,
    },
  ]
}

const whyUnset =
  'the span ended and carries neither the status ERROR nor an error type, with which its vocabulary marks what failed; whether the act had its effect is not said'
const whyOther = 'the collector that recorded it knew this rule, and the record itself says none'

const whyOfRule: ReadonlyMap<string, string> = new Map<string, string>([
  ['status_ok', 'the status of the span is OK, and nothing on the record speaks of a failure'],
  ['result_present', 'a result came back, and nothing on the record speaks of a failure'],
  ['result_is_error', 'the result’s own text says that the call failed'],
  [
    'exception_event',
    'an exception stands on the span, and no status says that the act came through',
  ],
])

/** Of a record older than the rules, what stands under their key is its sender's and may be anything. */
function isRule(text: string): boolean {
  return /^[a-z][a-z_]{0,63}$/u.test(text)
}
