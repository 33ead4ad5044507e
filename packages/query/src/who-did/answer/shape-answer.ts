import type { WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../../text.ts'
import { completeDecision } from '../decide/complete-decision.ts'
import type { Decision } from '../decide/decide.ts'
import type { Fold } from '../decide/fold-act.ts'
import { followPrompts } from '../decide/follow-prompts.ts'
import { describePart, readActs } from '../decide/judge-candidate.ts'
import type { Question } from '../question.ts'
import { listAlternatives } from './alternatives.ts'
import { actGaps, describeAction, describeCredential, explainAct } from './describe-action.ts'
import type { ShownAct } from './describe-action.ts'
import { describeActors } from './describe-actors.ts'
import {
  buildChain,
  describePlan,
  describePrompts,
  findPlan,
  listInputs,
} from './describe-origin.ts'
import { explainVerdict } from './explain-verdict.ts'
import { findGaps } from './find-gaps.ts'

/** Puts a decision into the answer's words. Pure; decides nothing. */
export function shapeAnswer(
  question: Question,
  decided: Decision,
  cost: WhoDidAnswer['cost'],
): Omit<WhoDidAnswer, 'summary' | 'integrity'> {
  const decision = completeDecision(decided)
  const origin = traceBack(decision)
  const ancestors = decision.ancestors.records
  const correlated = ancestors.find((record) => record.correlation !== '')
  const act = shapeAct(decision, question.limit)
  return {
    question: describeQuestion(question),
    verdict: decision.verdict,
    grade: decision.grade,
    reasons: [...explainVerdict(question, decision, origin.inputs), ...act.reasons],
    action: act.action,
    ...describeActors(decision),
    ...origin,
    gaps: [...origin.gaps, ...act.gaps],
    credential: act.credential,
    correlation_id: nameOrNull(correlated?.correlation ?? ''),
    alternatives: act.alternatives,
    cost,
  }
}

function describeQuestion(question: Question): WhoDidAnswer['question'] {
  return {
    of: nameOrNull(question.of) ?? '',
    kind: question.handle.kind,
    at: question.atText,
    as_recorded: question.asRecordedText,
    from: question.fromText,
    to: question.toText,
    verb: question.verb,
  }
}

/** How it came to the act: what initiated it, what was planned, the way, what had been read, and what is missing. */
function traceBack(
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

/** What an answer says of the act itself, and of other acts that the handle may name; its reasons and gaps are the act's. */
function shapeAct(
  decision: Decision,
  limit: number,
): Pick<WhoDidAnswer, 'reasons' | 'action' | 'gaps' | 'credential' | 'alternatives'> {
  const ancestors = decision.ancestors.records
  const { fold } = readActs(decision.evidence)
  const act = shownAct(decision, fold)
  const isAct = ancestors[0]?.kind === 'tool_call' || ancestors[0]?.kind === 'action'
  return {
    reasons: act === undefined || !isAct ? [] : explainAct(act, decision),
    action: describeAction(ancestors[0], act),
    gaps: act === undefined ? [] : actGaps(act, isAct),
    credential: describeCredential(ancestors),
    alternatives: listAlternatives(decision, fold, limit),
  }
}

/** The act as all its records tell it; where the answer is about a part, what the part says itself goes before. */
function shownAct({ ancestors, evidence }: Decision, fold: Fold): ShownAct | undefined {
  const [record] = ancestors.records
  const act = fold(evidence.subject)
  if (record === undefined || act === undefined) return undefined
  if (act.key === record.key) return act
  return { key: record.key, parts: act.parts, ...describePart(record, act) }
}
