import type { WhoDidAnswer } from '@whodid/model'
import { buildChain } from './chain.ts'
import { findGaps } from './find-gaps.ts'
import { describePrompt, followPrompts } from './initiating-prompt.ts'
import { listInputs } from './inputs.ts'
import { describePlan, findPlan } from './plan-in-force.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** How it came to the act: what initiated it, what was planned, the way, what had been read, and what is missing. */
export function traceBack(
  row: WhoDidRow,
): Pick<WhoDidAnswer, 'prompt' | 'plan' | 'chain' | 'inputs' | 'gaps'> {
  const prompts = followPrompts(row)
  const plan = findPlan(row)
  return {
    prompt: describePrompt(row, prompts),
    plan: describePlan(row, plan),
    chain: buildChain(row, prompts.prompts, plan.plan),
    inputs: listInputs(row),
    gaps: findGaps(row, prompts, plan),
  }
}
