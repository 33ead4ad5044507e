import type { WhoDidAnswer } from '@whodid/model'
import { listAlternatives } from './alternatives.ts'
import { describeAction, describeCredential } from './describe-action.ts'
import { describeActors } from './describe-actors.ts'
import { explainVerdict } from './explain-verdict.ts'
import type { Question } from './question.ts'
import { summarize } from './summarize.ts'
import { nameOrNull } from './text.ts'
import { traceBack } from './trace-back.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** Puts the view's row into the answer's words. Pure; decides nothing that the view has decided. */
export function shapeAnswer(
  question: Question,
  row: WhoDidRow,
  cost: WhoDidAnswer['cost'],
): WhoDidAnswer {
  const origin = traceBack(row)
  const correlated = row.trail.find((record) => record.correlation !== '')
  const answer = {
    question: describeQuestion(question),
    verdict: row.verdict,
    grade: row.grade,
    reasons: explainVerdict(question, row, origin.inputs),
    action: describeAction(row.trail[0]),
    ...describeActors(row),
    ...origin,
    credential: describeCredential(row.trail),
    correlation_id: nameOrNull(correlated?.correlation ?? ''),
    integrity: unsealed,
    alternatives: listAlternatives(row, question.limit),
    cost,
  }
  return { ...answer, summary: summarize(question, answer) }
}

/** No record is sealed yet: see docs/LIMITS.md. */
const unsealed: WhoDidAnswer['integrity'] = {
  state: 'pending',
  log: null,
  index: null,
  checkpoint: null,
  proof: null,
}

function describeQuestion(question: Question): WhoDidAnswer['question'] {
  return {
    of: nameOrNull(question.of) ?? '',
    kind: question.handle.kind,
    at: question.atText,
    from: question.fromText,
    to: question.toText,
    verb: question.verb,
  }
}
