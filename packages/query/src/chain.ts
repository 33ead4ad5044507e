import { outcomes, recordKinds } from '@whodid/model'
import type { ChainHop } from '@whodid/model'
import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import type { PromptTrail } from './initiating-prompt.ts'
import { nameOrNull, toInstant } from './text.ts'

/** Hops shown: the outermost, where it began, and the nearest, where it ended. */
const outermostMax = 56
const nearestMax = 200

/** The hops of a chain, and how many of its middle are left out. */
export interface Chain {
  readonly hops: ChainHop[]
  readonly leftOut: number
}

/**
 * The way from the root to the action: the records on the way outwards in the order of their nesting, and between them the
 * prompts, what tells their text, and the plan they name that are not on it, each before the first hop that started later. The action is last.
 */
export function buildChain(
  { path }: Decision,
  { prompts, teller }: Pick<PromptTrail, 'prompts' | 'teller'>,
  plan: EvidenceRecord | undefined,
): Chain {
  const [subject, ...outwards] = path
  if (subject === undefined) return { hops: [], leftOut: 0 }
  const hops: { record: EvidenceRecord; joinedBy: ChainHop['joined_by'] }[] = outwards.toReversed()
  hops.push(subject)
  const onPath = new Set(path.map(({ record }) => record.key))
  const onWay = new Set([...path.map(({ record }) => record.key), ...prompts.map((p) => p.key)])
  const told = teller !== undefined && !onWay.has(teller.key) ? [teller] : []
  const beside = [
    ...told.map((record) => ({ record, joinedBy: 'prompt_text' as const })),
    ...prompts.map((record) => ({ record, joinedBy: 'prompt_ref' as const })),
    ...(plan === undefined ? [] : [{ record: plan, joinedBy: 'plan_ref' as const }]),
  ].filter(({ record }) => !onPath.has(record.key))
  for (const hop of beside) {
    const later = hops.findIndex(({ record }) => record.ts > hop.record.ts)
    hops.splice(later < 0 ? hops.length - 1 : later, 0, hop)
  }
  const leftOut = Math.max(hops.length - outermostMax - nearestMax, 0)
  if (leftOut > 0) hops.splice(outermostMax, leftOut)
  return { hops: hops.map(({ record, joinedBy }) => toHop(record, joinedBy)), leftOut }
}

function toHop(record: EvidenceRecord, joinedBy: ChainHop['joined_by']): ChainHop {
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
