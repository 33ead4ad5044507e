import type { WhoDidAnswer } from '@whodid/model'
import { completeDecision } from './complete-decision.ts'
import { listAlternatives } from './alternatives.ts'
import { describeAction, describeCredential } from './describe-action.ts'
import type { Decision } from './decision.ts'
import { describeActors } from './describe-actors.ts'
import { actGaps, explainAct } from './explain-act.ts'
import type { ShownAct } from './explain-act.ts'
import { explainVerdict } from './explain-verdict.ts'
import type { Fold } from './fold-act.ts'
import { describePart } from './judge-candidate.ts'
import type { Question } from './question.ts'
import { readActs } from './read-acts.ts'
import { nameOrNull } from './text.ts'
import { traceBack } from './trace-back.ts'

/** Puts a decision into the answer's words. Pure; decides nothing. */
export function shapeAnswer(
  question: Question,
  decided: Decision,
  cost: WhoDidAnswer['cost'],
): Omit<WhoDidAnswer, 'summary' | 'integrity'> {
  const decision = completeDecision(decided)
  const origin = traceBack(decision)
  const trail = decision.trail.records
  const correlated = trail.find((record) => record.correlation !== '')
  const { fold } = readActs(decision.evidence)
  const act = shownAct(decision, fold)
  const isAct = trail[0]?.kind === 'tool_call' || trail[0]?.kind === 'action'
  return {
    question: describeQuestion(question),
    verdict: decision.verdict,
    grade: decision.grade,
    reasons: [
      ...explainVerdict(question, decision, origin.inputs),
      ...(act === undefined || !isAct ? [] : explainAct(act, decision)),
    ],
    action: describeAction(trail[0], act),
    ...describeActors(decision),
    ...origin,
    gaps: [...origin.gaps, ...(act === undefined ? [] : actGaps(act, isAct))],
    credential: describeCredential(trail),
    correlation_id: nameOrNull(correlated?.correlation ?? ''),
    alternatives: listAlternatives(decision, fold, question.limit),
    cost,
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
