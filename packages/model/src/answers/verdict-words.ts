/** The grades of a claim, strongest first; `contradicted` overrides all and keeps both values. */
export const grades = [
  'countersigned',
  'attested',
  'token_bound',
  'channel',
  'asserted',
  'inferred',
  'none',
  'contradicted',
] as const
export type Grade = (typeof grades)[number]

/** The answers to "who did it?". `undetermined`: the record does not say, or contradicts itself. */
export const verdicts = ['agent', 'human', 'service', 'undetermined'] as const
export type Verdict = (typeof verdicts)[number]

/** Facts that the record should hold and does not. Always shown, never filled. */
export const gapCodes = [
  'missing_parent',
  'missing_delegator',
  'missing_instance',
  'missing_prompt',
  'missing_plan',
  'sequence_gap',
  'sealed_span_missing',
  'content_withheld',
  'content_erased',
  'content_expired',
  'content_missing',
  'content_mismatch',
  'unsealed',
  'conflicting_identity',
  'conflicting_alias',
  'dropped_attributes',
  'evidence_truncated',
  'parent_cycle',
  'clock_ahead',
  'inputs_truncated',
  'outcome_not_recorded',
  'vocabulary_not_understood',
] as const
export type GapCode = (typeof gapCodes)[number]

/** The tie between a record and the chain: the rule `joined_by_…` of that name, or a reference that the record carries. */
export const joins = [
  'subject',
  'parent',
  'plan_ref',
  'prompt_ref',
  'delegation',
  'correlation',
  'link',
  'prompt_text',
] as const

/**
 * The adversaries that a proof holds against. `local`: anyone without the log's key. `witnessed`: also anyone without the
 * keys of as many witnesses as the policy asks for. `witnessed+monitored`: those witnesses were also asked directly, not
 * through the log, and gave the same answer as the log.
 */
export const assurances = ['local', 'witnessed', 'witnessed+monitored'] as const
export type Assurance = (typeof assurances)[number]

/**
 * The state of the service's check of its own ledger. `stale`: its last look, or the newest checkpoint, is too old. `loss_accepted`:
 * records are lost, and all that is missing is what somebody has accepted the loss of, on record; what is left is as it was sealed.
 */
export const checkStates = ['ok', 'failed', 'stale', 'never', 'loss_accepted'] as const
