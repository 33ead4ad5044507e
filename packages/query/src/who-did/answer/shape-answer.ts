import type { WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../../text.ts'
import { completeDecision } from '../decide/complete-decision.ts'
import type { Decision } from '../decide/decide.ts'
import type { Question } from '../question.ts'
import { shapeAct } from './shape-act.ts'
import { describeActors } from './describe-actors.ts'
import { describeOrigin } from './describe-origin.ts'
import { explainVerdict } from './explain-verdict.ts'
import { findGaps } from './find-gaps.ts'

/** Shapes a decision into the answer. Pure; decides nothing. */
export function shapeAnswer(
  question: Question,
  decided: Decision,
  cost: WhoDidAnswer['cost'],
): Omit<WhoDidAnswer, 'summary' | 'integrity'> {
  const decision = completeDecision(decided)
  const { way, ...origin } = describeOrigin(decision)
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
    gaps: [...findGaps(decision, way), ...act.gaps],
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
