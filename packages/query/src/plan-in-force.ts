import type { WhoDidAnswer } from '@whodid/model'
import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { initiates } from './initiating-prompt.ts'
import { textOrNull } from './text.ts'

/** The plan an action followed, and its reference when the plan itself is not on record. */
export interface PlanInForce {
  readonly plan: EvidenceRecord | undefined
  readonly missingRef: string
}

/**
 * Finds the plan that the subject, or the nearest record on the way outwards that has one, names. A prompt that begins a task
 * ends the search: what its own record names is the plan of the task before.
 */
export function findPlan(decision: Decision): PlanInForce {
  const ref = firstPlanRef(decision)
  if (ref === '') return { plan: undefined, missingRef: '' }
  const plan = decision.testimony(ref)?.record
  return { plan, missingRef: plan === undefined ? ref : '' }
}

/** The plan as the answer shows it; `step` is that of the nearest record that follows it. */
export function describePlan({ path }: Decision, { plan }: PlanInForce): WhoDidAnswer['plan'] {
  if (plan === undefined) return null
  const follower = path.find(({ record }) => record.plan_ref === plan.key)
  const step = Number(follower?.record.plan_step ?? -1)
  return {
    span: plan.key,
    step: step < 0 ? null : step,
    text: textOrNull(plan.content),
    hash: plan.plan_hash === '' ? null : plan.plan_hash,
  }
}

function firstPlanRef({ path }: Decision): string {
  for (const { record } of path) {
    if (record.kind === 'plan') return record.key
    if (record.kind === 'prompt' && initiates(record)) return ''
    if (record.plan_ref !== '') return record.plan_ref
  }
  return ''
}
