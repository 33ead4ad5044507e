import type { Gap, Reason } from '@whodid/model'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import type { ListedAction } from './evidence/evidence-record.ts'
import { isSameAct } from './evidence/separate-acts.ts'
import type { FoldedAct } from './fold-act.ts'
import { outcomeReason } from './outcome-reason.ts'
import type { OutcomeEvidence } from './outcome-reason.ts'
import { nameOrNone } from './text.ts'

/** Records of other acts that are named in one reason. */
const namedMax = 5

/** The act that the verdict concerns, and what is said of it where it is only a part of one. */
export interface ShownAct extends Pick<
  FoldedAct,
  'outcome' | 'toldBy' | 'tool' | 'verb' | 'resource' | 'resource_type' | 'parts'
> {
  readonly key: string
}

/** What a responder should know of how the act was put together. */
export function explainAct(act: ShownAct, { evidence }: Decision): Reason[] {
  return [
    ...foldReasons(act),
    ...outcomeReason(toldOutcome(act)),
    ...openOutcome(act),
    ...sharedSpan(act, evidence),
    ...newerUnattributed(evidence),
  ]
}

/** Newer acts on the handle that are looked at for what nobody rightly says. */
const newerMax = 16

/**
 * Newer records on the handle of senders that name an actor for whom they may not speak, or nobody: they decide nothing, and
 * what they tell may have happened.
 */
function newerUnattributed(evidence: Decision['evidence']): Reason[] {
  const { subject, kin, listed } = evidence
  const own = kin.get(subject)?.[0]
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
  if (!evidence.kin.has(act.key)) return act.actor_type === ''
  return decide({ ...evidence, subject: act.key, listed: [] }).verdict === 'undetermined'
}

/** The outcome of the act with the record that tells it, which may tell it in other words: an approval by its decision. */
export function toldOutcome({ key, toldBy, outcome }: ShownAct): OutcomeEvidence {
  if (toldBy === undefined) return { key, outcome: '', outcome_rule: '', channel: '' }
  const { outcome_rule, channel } = toldBy
  return { key: toldBy.key, outcome, outcome_rule, channel }
}

function foldReasons({ key, toldBy, outcome }: ShownAct): Reason[] {
  if (toldBy === undefined || toldBy.key === key) return []
  return [
    {
      code: 'outcome_of_part',
      text: `That it ended as ${outcome} is told by another record of the same act, ${nameOrNone(toldBy.name)}.`,
      span: toldBy.key,
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

function sharedSpan({ key }: ShownAct, { separate, kin }: Decision['evidence']): Reason[] {
  const own = kin.get(key)?.[0]
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

/** What the record should say of how the act ended, and does not. */
export function actGaps({ key, outcome }: ShownAct, isAct: boolean): Gap[] {
  if (!isAct || (outcome !== '' && outcome !== 'unknown')) return []
  const text =
    outcome === 'unknown'
      ? 'The outcome of the act, which was announced, is not on record.'
      : 'How the act ended is not on record.'
  return [{ code: 'outcome_not_recorded', text, span: key }]
}
