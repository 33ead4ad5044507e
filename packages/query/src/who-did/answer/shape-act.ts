import { outcomes, recordKinds } from '@whodid/model'
import type { Gap, Grade, Reason, WhoDidAnswer } from '@whodid/model'
import { nameOrNone, nameOrNull, toInstant } from '../../text.ts'
import { decide } from '../decide/decide.ts'
import type { Decision } from '../decide/decide.ts'
import type { Fold, FoldedAct } from '../decide/fold-act.ts'
import { readActs } from '../decide/fold-act.ts'
import { describePart } from '../decide/judge-candidate.ts'
import type { EvidenceRecord, ListedAction } from '../evidence/evidence-record.ts'
import { isSameAct } from '../evidence/evidence.ts'
import { listAlternatives } from './alternatives.ts'

/** Returns an answer's fields on the act and on other acts that the handle may name; its reasons and gaps are the act's. */
export function shapeAct(
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

/** The act as all its records describe it; when the answer is about a part, the part's own claims come first. */
function shownAct({ ancestors, evidence }: Decision, fold: Fold): ShownAct | undefined {
  const [record] = ancestors.records
  const act = fold(evidence.subject)
  if (record === undefined || act === undefined) return undefined
  if (act.key === record.key) return act
  return { key: record.key, parts: act.parts, ...describePart(record, act) }
}

/** The act itself; null when there is none. */
function describeAction(
  subject: EvidenceRecord | undefined,
  act: ShownAct | undefined,
): WhoDidAnswer['action'] {
  if (subject === undefined) return null
  const shown = act ?? subject
  return {
    id: nameOrNull(subject.action) ?? subject.key,
    span: subject.key,
    verb: nameOrNull(shown.verb) ?? '',
    outcome: outcomes.find((outcome) => outcome === shown.outcome) ?? null,
    outcome_grade: outcomeGrade(act === undefined ? subject : reportedOutcome(act)),
    tool: nameOrNull(shown.tool),
    resource:
      shown.resource === ''
        ? null
        : { id: nameOrNull(shown.resource) ?? '', type: nameOrNull(shown.resource_type) ?? '' },
    started_at: toInstant(subject.ts),
    ended_at: toInstant(subject.end_ts),
    record_kind: recordKinds.find((kind) => kind === subject.kind) ?? 'other',
    exporter: {
      name: nameOrNull(subject.exporter) ?? '',
      entitled: subject.channel === 'entitled',
    },
  }
}

/** The credential that the act, or the call it was part of, used. */
function describeCredential(ancestors: readonly EvidenceRecord[]): WhoDidAnswer['credential'] {
  const user = ancestors.find(
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

/** The most records of other acts that one reason names. */
const namedMax = 5

/** The act that the verdict concerns; the claims of a mere part of an act come first. */
interface ShownAct extends Pick<
  FoldedAct,
  'outcome' | 'reportedBy' | 'tool' | 'verb' | 'resource' | 'resource_type' | 'parts'
> {
  readonly key: string
}

/** Returns the reasons that explain how the act was put together. */
function explainAct(act: ShownAct, { evidence }: Decision): Reason[] {
  return [
    ...foldReasons(act),
    ...outcomeReason(reportedOutcome(act)),
    ...openOutcome(act),
    ...sharedSpan(act, evidence),
    ...newerUnattributed(evidence),
  ]
}

/** The most newer acts on the handle that are searched for ones whose sender makes no claim it may make. */
const newerMax = 16

/**
 * Returns newer records on the handle whose senders name an actor without being entitled to, or name nobody. They decide
 * nothing, but the acts they claim may have happened.
 */
function newerUnattributed(evidence: Decision['evidence']): Reason[] {
  const { subject, relatedRecords, listed } = evidence
  const own = relatedRecords.get(subject)?.[0]
  if (own === undefined || own.channel === 'unentitled') return []
  const newer = listed
    .filter(({ ts, key }) => ts > own.ts && key !== subject)
    .slice(0, newerMax)
    .filter((act) => isUnattributed(act, evidence))
  const [first] = newer
  if (first === undefined) return []
  const who =
    newer.length === 1
      ? 'A newer record comes from an exporter'
      : `${newer.length} newer records come from exporters`
  return [
    {
      code: 'newer_act_not_entitled',
      text: `${who} that may not say who acted there: what was done then, and by whom, is not decided here. See the alternatives.`,
      span: first.key,
    },
  ]
}

function isUnattributed(act: ListedAction, evidence: Decision['evidence']): boolean {
  if (act.channel !== 'unbound') return act.channel === 'unentitled'
  if (!evidence.relatedRecords.has(act.key)) return act.actor_type === ''
  return decide({ ...evidence, subject: act.key, listed: [] }).verdict === 'undetermined'
}

/** Returns the act's outcome with its record, which may use other words: an approval gives a decision. */
function reportedOutcome({ key, reportedBy, outcome }: ShownAct): OutcomeEvidence {
  if (reportedBy === undefined) return { key, outcome: '', outcome_rule: '', channel: '' }
  const { outcome_rule, channel } = reportedBy
  return { key: reportedBy.key, outcome, outcome_rule, channel }
}

function foldReasons({ key, reportedBy, outcome }: ShownAct): Reason[] {
  if (reportedBy === undefined || reportedBy.key === key) return []
  return [
    {
      code: 'outcome_of_part',
      text: `That it ended as ${outcome} is told by another record of the same act, ${nameOrNone(reportedBy.name)}.`,
      span: reportedBy.key,
    },
  ]
}

function openOutcome({ key, outcome }: ShownAct): Reason[] {
  if (outcome === 'unknown')
    return [
      {
        code: 'outcome_unknown',
        text: 'The act was announced, and its outcome never arrived: it may or may not have happened.',
        span: key,
      },
    ]
  return outcome === ''
    ? [
        {
          code: 'outcome_not_recorded',
          text: 'The record does not say how the act ended.',
          span: key,
        },
      ]
    : []
}

function sharedSpan(
  { key }: ShownAct,
  { separate, relatedRecords }: Decision['evidence'],
): Reason[] {
  const own = relatedRecords.get(key)?.[0]
  const others = (separate.get(key) ?? []).flatMap(([first]) =>
    first !== undefined && own !== undefined && !isSameAct(first, own) ? [first] : [],
  )
  if (others.length === 0) return []
  const named = others.slice(0, namedMax).map((record) => {
    const what = record.resource === '' ? record.tool : record.resource
    return `${nameOrNone(record.verb)} ${nameOrNone(what)} (exporter "${nameOrNone(record.exporter)}")`
  })
  return [
    {
      code: 'shared_span_id',
      text: `Another act is recorded under the same span ID: ${named.join('; ')}. Ask about what it touched to see it.`,
      span: key,
    },
  ]
}

/** Returns the gap for an act whose record does not say how it ended. */
function actGaps({ key, outcome }: ShownAct, isAct: boolean): Gap[] {
  if (!isAct || (outcome !== '' && outcome !== 'unknown')) return []
  const text =
    outcome === 'unknown'
      ? 'The outcome of the act, which was announced, is not on record.'
      : 'How the act ended is not on record.'
  return [{ code: 'outcome_not_recorded', text, span: key }]
}

/** The fields of an act's record that describe its end. */
type OutcomeEvidence = Pick<EvidenceRecord, 'key' | 'outcome' | 'outcome_rule' | 'channel'>

/**
 * Returns the grade of an act's outcome: `channel` where an exporter that may speak for the actor claims it, `asserted` where
 * another claims it, `inferred` where the collector derived it by a rule, `none` where nothing is on record.
 */
export function outcomeGrade({ outcome, outcome_rule, channel }: OutcomeEvidence): Grade {
  if (!outcomes.some((known) => known === outcome)) return 'none'
  if (isRule(outcome_rule)) return 'inferred'
  return channel === 'entitled' ? 'channel' : 'asserted'
}

/** Returns the reason that names the rule which derived an act's outcome; none where the record gives its outcome. */
export function outcomeReason(subject: OutcomeEvidence): Reason[] {
  if (outcomeGrade(subject) !== 'inferred') return []
  const { key, outcome, outcome_rule: rule } = subject
  const why = whyOfRule.get(rule) ?? (rule.startsWith('status_unset_') ? whyUnset : whyOther)
  return [
    {
      code: 'outcome_inferred',
      text: `The outcome ${outcome} was derived by the rule ${rule}: ${why}.`,
      span: key,
    },
  ]
}

const whyUnset =
  'the span ended and carries neither the status ERROR nor an error type, with which its vocabulary marks what failed; whether the act had its effect is not said'

const whyOther = 'the collector that recorded it knew this rule, and the record itself says none'

const whyOfRule: ReadonlyMap<string, string> = new Map<string, string>([
  ['status_ok', 'the status of the span is OK, and nothing on the record speaks of a failure'],
  ['result_present', 'a result came back, and nothing on the record speaks of a failure'],
  ['result_is_error', 'the result’s own text says that the call failed'],
  [
    'exception_event',
    'an exception stands on the span, and no status says that the act came through',
  ],
])

/** In a record older than the rules, the sender wrote the value under their key, and it may be anything. */
function isRule(text: string): boolean {
  return /^[a-z][a-z_]{0,63}$/u.test(text)
}
