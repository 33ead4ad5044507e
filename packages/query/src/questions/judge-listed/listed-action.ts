import { grades, hintRules, outcomes, recordKinds, verdicts } from '@whodid/model'
import type { ListedAction, Verdict } from '@whodid/model'
import { nameOrNull, toInstant } from '../../text.ts'

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

/** Merges the copies of one record, at least one, into one entry. Copies that differ in the actor contradict each other. */
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
