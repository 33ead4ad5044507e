import type { WhoDidAnswer } from '@whodid/model'
import { textOrNull } from './text.ts'
import type { KinRecord, WhoDidRow } from './who-did-row.ts'

/** The plan an action followed, and its reference when the plan itself is not on record. */
export interface PlanInForce {
  readonly plan: KinRecord | undefined
  readonly missingRef: string
}

/** Finds the plan that the subject, or the nearest of its ancestors that has one, names. */
export function findPlan(row: WhoDidRow): PlanInForce {
  const ref = firstPlanRef(row.trail)
  if (ref === '') return { plan: undefined, missingRef: '' }
  const plan = [...row.evidence, ...row.trail].find((record) => record.key === ref)
  return { plan, missingRef: plan === undefined ? ref : '' }
}

/** The plan as the answer shows it; `step` is the subject's own. */
export function describePlan(row: WhoDidRow, { plan }: PlanInForce): WhoDidAnswer['plan'] {
  if (plan === undefined) return null
  const step = Number(row.trail.find((record) => record.plan_ref === plan.key)?.plan_step ?? -1)
  return {
    span: plan.key,
    step: step < 0 ? null : step,
    text: textOrNull(plan.content),
    hash: plan.plan_hash === '' ? null : plan.plan_hash,
  }
}

function firstPlanRef(trail: readonly KinRecord[]): string {
  for (const record of trail) {
    if (record.kind === 'plan') return record.key
    if (record.plan_ref !== '') return record.plan_ref
  }
  return ''
}
