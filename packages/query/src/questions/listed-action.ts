import { grades, hintRules, outcomes, recordKinds, verdicts } from '@whodid/model'
import type { ListedAction, Verdict } from '@whodid/model'
import { nameOrNull, toInstant } from '../text.ts'

/** A row of {@link actionColumns}. */
export interface ActionRow {
  readonly trace: string
  readonly span: string
  readonly ts: string
  readonly end_ts: string
  readonly received_at: string
  readonly action_id: string
  readonly record_kind: string
  readonly verb: string
  readonly outcome: string
  readonly tool_name: string
  readonly resource_id: string
  readonly resource_type: string
  readonly verdict: string
  readonly grade: string
  readonly template_id: string
  readonly instance_id: string
  readonly instance_rule: string
  readonly user_id: string
  readonly service_name: string
  readonly delegator_id: string
  readonly delegator_type: string
  readonly correlation_id: string
  readonly credential_id: string
}

const hints = [...hintRules].map((rule) => `'${rule}'`).join(', ')

/** Whether a row names the instance: what is only hinted never does. */
const namesInstance = `(row.instance_id != '' AND row.instance_rule NOT IN (${hints}))`

/** What makes a record an action, in SQL: the condition that fills `whodid.actions`. */
export const isAct: string =
  "(row.record_kind IN ('tool_call', 'action') OR row.resource_id != '' OR row.action_id != '')"

/** The verdict of a row's own claims, in SQL. A human who is also an instance is a contradiction. */
const ownVerdict: string = `multiIf(
    row.channel = 'unentitled', 'undetermined',
    row.actor_type = 'agent' AND (${namesInstance} OR row.template_id != ''), 'agent',
    row.actor_type = 'human' AND row.user_id != '' AND row.instance_id = '', 'human',
    row.actor_type = 'service' AND row.service_name != '', 'service',
    'undetermined'
  )`

/** The weakest link of what {@link ownVerdict} rests on, in SQL. */
export const ownGrade: string = `multiIf(
    row.channel = 'unentitled' OR (row.actor_type = 'human' AND row.instance_id != ''), 'contradicted',
    (${ownVerdict}) = 'undetermined', 'none',
    row.actor_type = 'agent' AND (row.instance_rule != '' OR row.template_rule != '' OR row.delegator_rule != ''), 'inferred',
    row.channel = 'entitled', 'channel',
    'asserted'
  )`

/** What is selected of `whodid.actions` or `whodid.spans` as `row`. */
export const actionColumns: string = `
  lower(hex(row.trace_id)) AS trace, lower(hex(row.span_id)) AS span,
  row.ts AS ts, row.end_ts AS end_ts, row.received_at AS received_at,
  row.action_id AS action_id, row.record_kind AS record_kind, row.verb AS verb, row.outcome AS outcome,
  row.tool_name AS tool_name, row.resource_id AS resource_id, row.resource_type AS resource_type,
  ${ownVerdict} AS verdict,
  ${ownGrade} AS grade,
  row.template_id AS template_id, row.instance_id AS instance_id, row.instance_rule AS instance_rule, row.user_id AS user_id,
  row.service_name AS service_name, row.delegator_id AS delegator_id, row.delegator_type AS delegator_type,
  row.correlation_id AS correlation_id, row.credential_id AS credential_id`

/** Puts the copies of one record, at least one, into one entry. Copies that differ in who acted contradict each other. */
export function toListedAction(copies: readonly [ActionRow, ...ActionRow[]]): ListedAction {
  const [row] = copies
  const identities = new Set(copies.map(identityOf))
  const agreed = identities.size === 1
  const verdict = agreed ? (verdicts.find((v) => v === row.verdict) ?? 'undetermined') : undefined
  return {
    span: `${row.trace}-${row.span}`,
    action: nameOrNull(row.action_id),
    record_kind: recordKinds.find((kind) => kind === row.record_kind) ?? 'other',
    verb: nameOrNull(row.verb) ?? '',
    outcome: outcomes.find((outcome) => outcome === row.outcome) ?? null,
    tool: nameOrNull(row.tool_name),
    resource:
      row.resource_id === ''
        ? null
        : { id: nameOrNull(row.resource_id) ?? '', type: nameOrNull(row.resource_type) ?? '' },
    verdict: verdict ?? 'undetermined',
    grade: agreed ? (grades.find((grade) => grade === row.grade) ?? 'none') : 'contradicted',
    actor: actorOf(row, verdict),
    template: nameOrNull(row.template_id),
    instance: nameOrNull(row.instance_id),
    delegator: nameOrNull(row.delegator_id),
    delegator_type: nameOrNull(row.delegator_type),
    correlation_id: nameOrNull(row.correlation_id),
    credential: nameOrNull(row.credential_id),
    started_at: toInstant(row.ts),
    ended_at: toInstant(row.end_ts),
    received_at: toInstant(row.received_at),
  }
}

function identityOf(row: ActionRow): string {
  const { verdict, template_id, instance_id, user_id, delegator_id } = row
  return JSON.stringify([verdict, template_id, instance_id, user_id, delegator_id])
}

function actorOf(row: ActionRow, verdict: Verdict | undefined): string | null {
  switch (verdict) {
    case 'agent':
      return hintRules.has(row.instance_rule)
        ? nameOrNull(row.template_id)
        : (nameOrNull(row.instance_id) ?? nameOrNull(row.template_id))
    case 'human':
      return nameOrNull(row.user_id)
    case 'service':
      return nameOrNull(row.service_name)
    case 'undetermined':
    case undefined:
      return null
  }
}
