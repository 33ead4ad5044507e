import type { WhoDidAnswer } from '@whodid/model'
import { buildChain } from './chain.ts'
import type { Decision } from './decision.ts'
import { findGaps } from './find-gaps.ts'
import { describePrompts, followPrompts } from './initiating-prompt.ts'
import { listInputs } from './inputs.ts'
import { describePlan, findPlan } from './plan-in-force.ts'

/** How it came to the act: what initiated it, what was planned, the way, what had been read, and what is missing. */
export function traceBack(
  decision: Decision,
): Pick<WhoDidAnswer, 'prompt' | 'nearest_prompt' | 'plan' | 'chain' | 'inputs' | 'gaps'> {
  const isOwnAct = decision.verdict === 'human' || decision.verdict === 'service'
  const prompts = followPrompts(decision)
  const plan = findPlan(decision)
  const { hops, leftOut } = buildChain(decision, prompts, plan.plan)
  const { inputs, leftOut: inputsLeftOut } = listInputs(decision)
  return {
    ...describePrompts(decision, prompts),
    plan: describePlan(decision, plan),
    chain: hops,
    inputs,
    gaps: findGaps(decision, {
      prompts,
      plan,
      leftOut,
      inputsLeftOut,
      needsPrompt: !isOwnAct,
    }),
  }
}
