import { delegatorTypes, outcomes, recordKinds } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { listAlternatives } from './alternatives.ts'
import { buildChain } from './chain.ts'
import { describeDelegation } from './delegation-chain.ts'
import { findGaps } from './gaps.ts'
import { describePrompt, followPrompts } from './initiating-prompt.ts'
import { listInputs } from './inputs.ts'
import { describePlan, findPlan } from './plan-in-force.ts'
import type { Question } from './question.ts'
import { explainVerdict } from './reasons.ts'
import { summarize } from './summary.ts'
import { nameOrNull, toInstant } from './text.ts'
import type { KinRecord, WhoDidRow } from './who-did-row.ts'

/** Puts the view's row into the answer's words. Pure; decides nothing that the view has decided. */
export function shapeAnswer(
  question: Question,
  row: WhoDidRow,
  cost: WhoDidAnswer['cost'],
): WhoDidAnswer {
  const prompts = followPrompts(row)
  const plan = findPlan(row)
  const inputs = listInputs(row)
  const answer = {
    question: describeQuestion(question),
    verdict: row.verdict,
    grade: row.grade,
    reasons: explainVerdict(question, row, inputs),
    action: describeAction(row.trail[0]),
    actor:
      row.verdict === 'undetermined'
        ? null
        : { type: row.verdict, id: nameOrNull(row.actor_id) ?? '', grade: actorGrade(row) },
    agent: describeAgent(row),
    delegator: describeDelegator(row),
    delegation_chain: describeDelegation(row),
    prompt: describePrompt(row, prompts),
    plan: describePlan(row, plan),
    chain: buildChain(row, prompts.prompts, plan.plan),
    inputs,
    credential: describeCredential(row.trail),
    correlation_id: nameOrNull(
      row.trail.find((record) => record.correlation !== '')?.correlation ?? '',
    ),
    gaps: findGaps(row, prompts, plan),
    integrity: { state: 'pending' as const, log: null, index: null, checkpoint: null, proof: null },
    alternatives: listAlternatives(row, question.limit),
    cost,
  }
  return { ...answer, summary: summarize(question, answer) }
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

function describeAction(subject: KinRecord | undefined): WhoDidAnswer['action'] {
  if (subject === undefined || subject.key === '') return null
  return {
    id: nameOrNull(subject.action) ?? subject.key,
    span: subject.key,
    verb: nameOrNull(subject.verb) ?? '',
    outcome: outcomes.find((outcome) => outcome === subject.outcome) ?? null,
    tool: nameOrNull(subject.tool),
    resource:
      subject.resource === ''
        ? null
        : { id: nameOrNull(subject.resource) ?? '', type: nameOrNull(subject.resource_type) ?? '' },
    started_at: toInstant(subject.ts),
    ended_at: toInstant(subject.end_ts),
    record_kind: recordKinds.find((kind) => kind === subject.kind) ?? 'other',
  }
}

function actorGrade(row: WhoDidRow): WhoDidAnswer['grade'] {
  if (row.verdict !== 'agent') return row.claim_grades[0]
  return row.instance === '' ? row.claim_grades[2] : row.claim_grades[1]
}

function describeAgent(row: WhoDidRow): WhoDidAnswer['agent'] {
  if (row.verdict !== 'agent') return null
  return {
    template:
      row.template === ''
        ? null
        : {
            id: nameOrNull(row.template) ?? '',
            name: nameOrNull(row.template_name),
            version: nameOrNull(row.template_version),
          },
    instance:
      row.instance === ''
        ? null
        : {
            id: nameOrNull(row.instance) ?? '',
            parent_id: nameOrNull(row.instance_parent),
            identity_id: nameOrNull(row.identity),
          },
    grade: actorGrade(row),
  }
}

function describeDelegator(row: WhoDidRow): WhoDidAnswer['delegator'] {
  if (row.delegator === '') return null
  return {
    id: nameOrNull(row.delegator) ?? '',
    type: delegatorTypes.find((type) => type === row.delegator_type) ?? 'human',
    issuer: nameOrNull(row.delegator_issuer),
    grade: row.claim_grades[3],
  }
}

function describeCredential(trail: readonly KinRecord[]): WhoDidAnswer['credential'] {
  const user = trail.find(
    (record) =>
      record.credential !== '' && (record.kind === 'tool_call' || record.kind === 'action'),
  )
  if (user === undefined) return null
  return {
    id: nameOrNull(user.credential) ?? '',
    type: nameOrNull(user.credential_type),
    subject: nameOrNull(user.credential_subject),
    actor: nameOrNull(user.credential_actor),
    issuer: nameOrNull(user.credential_issuer),
    borrowed: user.credential_borrowed,
    scopes: user.credential_scopes.map((scope) => nameOrNull(scope) ?? ''),
  }
}
