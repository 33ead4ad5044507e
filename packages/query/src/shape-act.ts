import type { WhoDidAnswer } from '@whodid/model'
import { listAlternatives } from './alternatives.ts'
import type { Decision } from './decision.ts'
import { describeAction, describeCredential } from './describe-action.ts'
import { actGaps, explainAct } from './explain-act.ts'
import type { ShownAct } from './explain-act.ts'
import type { Fold } from './fold-act.ts'
import { describePart } from './judge-candidate.ts'
import { readActs } from './read-acts.ts'

/** What an answer says of the act itself, and of other acts that the handle may name; its reasons and gaps are the act's. */
export function shapeAct(
  decision: Decision,
  limit: number,
): Pick<WhoDidAnswer, 'reasons' | 'action' | 'gaps' | 'credential' | 'alternatives'> {
  const trail = decision.trail.records
  const { fold } = readActs(decision.evidence)
  const act = shownAct(decision, fold)
  const isAct = trail[0]?.kind === 'tool_call' || trail[0]?.kind === 'action'
  return {
    reasons: act === undefined || !isAct ? [] : explainAct(act, decision),
    action: describeAction(trail[0], act),
    gaps: act === undefined ? [] : actGaps(act, isAct),
    credential: describeCredential(trail),
    alternatives: listAlternatives(decision, fold, limit),
  }
}

/** The act as all its records tell it; where the answer is about a part, what the part says itself goes before. */
function shownAct({ trail, evidence }: Decision, fold: Fold): ShownAct | undefined {
  const [record] = trail.records
  const act = fold(evidence.subject)
  if (record === undefined || act === undefined) return undefined
  if (act.key === record.key) return act
  return { key: record.key, parts: act.parts, ...describePart(record, act) }
}
