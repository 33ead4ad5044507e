import { outcomes, recordKinds } from '@whodid/model'
import type { ChainHop } from '@whodid/model'
import { nameOrNull, toInstant } from './text.ts'
import type { KinRecord, WhoDidRow } from './who-did-row.ts'

/**
 * The way from the root to the action: the subject's ancestors in the order of their nesting, and between them the
 * prompts and the plan it names that are no ancestors, each before the first hop that started later. The action is last.
 */
export function buildChain(
  row: WhoDidRow,
  prompts: readonly KinRecord[],
  plan: KinRecord | undefined,
): ChainHop[] {
  const [subject, ...ancestors] = row.trail
  if (subject === undefined || subject.key === '') return []
  const hops: { record: KinRecord; joinedBy: ChainHop['joined_by'] }[] = ancestors
    .toReversed()
    .map((record) => ({ record, joinedBy: 'parent' }))
  hops.push({ record: subject, joinedBy: 'subject' })
  const onTrail = new Set(row.trail.map((record) => record.key))
  const beside = [
    ...prompts.map((record) => ({ record, joinedBy: 'prompt_ref' as const })),
    ...(plan === undefined ? [] : [{ record: plan, joinedBy: 'plan_ref' as const }]),
  ].filter(({ record }) => !onTrail.has(record.key))
  for (const hop of beside) {
    const later = hops.findIndex(({ record }) => record.ts > hop.record.ts)
    hops.splice(later < 0 ? hops.length - 1 : later, 0, hop)
  }
  return hops.map(({ record, joinedBy }) => toHop(record, joinedBy))
}

function toHop(record: KinRecord, joinedBy: ChainHop['joined_by']): ChainHop {
  return {
    span: record.key,
    record_kind: recordKinds.find((kind) => kind === record.kind) ?? 'other',
    name: nameOrNull(record.name) ?? '',
    instance: nameOrNull(record.instance),
    template: nameOrNull(record.template),
    tool: nameOrNull(record.tool),
    outcome: outcomes.find((outcome) => outcome === record.outcome) ?? null,
    resource: nameOrNull(record.resource),
    started_at: toInstant(record.ts),
    joined_by: joinedBy,
  }
}
