import type { Gap, GapCode } from '@whodid/model'
import { nameOrNull } from '../../text.ts'
import type { Decision } from '../decide/decide.ts'
import type { PromptPath } from '../decide/follow-prompts.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { relatedRecordsMax } from '../evidence/evidence.ts'
import { isForeign, isUnread } from './deciding-reason.ts'
import type { PlanInForce, WayBack } from './describe-origin.ts'

type MakeGap = (code: GapCode, text: string, span?: string) => Gap

/** Returns what the record should hold and does not: shown, never filled. Without an act, only unread records are gaps. */
export function findGaps(decision: Decision, way: WayBack): Gap[] {
  const [subject] = decision.ancestors.records
  if (subject === undefined) return unreadGaps(decision)
  const gap: MakeGap = (code, text, span = subject.key) => ({ code, text, span })
  return [
    ...conflictGaps(decision, gap),
    ...clockGaps(subject, gap),
    ...inputGaps(way, gap),
    ...ancestorGaps(decision, way, gap),
    ...(isForeign(decision) ? [gap('vocabulary_not_understood', vocabularyText)] : []),
    ...(way.needsPrompt
      ? [
          ...identityGaps(decision, gap),
          ...promptGaps(way.prompts, gap),
          ...planGaps(way.plan, gap),
          ...sequenceGaps(decision, gap),
        ]
      : []),
    ...decision.ancestors.records
      .filter((record) => record.dropped > 0)
      .map((record) =>
        gap(
          'dropped_attributes',
          `${record.dropped} attributes, events or links of this record were dropped or cut.`,
          record.key,
        ),
      ),
  ]
}

const vocabularyText =
  'The records are in a vocabulary that is not understood: who acted in them, and what was done, may stand in them all the same.'

/** Returns gaps for records of the handle that are not understood, and for acts that were not looked at. */
function unreadGaps({ evidence }: Decision): Gap[] {
  const gaps: Gap[] = []
  if (isUnread(evidence))
    gaps.push({ code: 'vocabulary_not_understood', text: vocabularyText, span: null })
  if (evidence.truncated)
    gaps.push({
      code: 'evidence_truncated',
      text: 'The newest acts were looked at; an older one may be what was asked about.',
      span: null,
    })
  return gaps
}

function conflictGaps(decision: Decision, gap: MakeGap): Gap[] {
  const found = decision.mergedRecord(decision.evidence.subject)
  const isClaimedTwice =
    decision.contradiction === 'conflicting_identity' ||
    decision.doubt === 'conflicting_identity' ||
    decision.doubt === 'instance_of_another_template' ||
    (found?.setAside.length ?? 0) > 0
  return isClaimedTwice
    ? [gap('conflicting_identity', 'More than one identity is claimed for this act.')]
    : []
}

/** Clocks often differ by seconds; beyond this bound, the time stamps no longer show which act is newest. */
const clockAheadMaxS = 60

function clockGaps({ ts, received_at }: EvidenceRecord, gap: MakeGap): Gap[] {
  const aheadS = Math.floor((millisecondsOf(ts) - millisecondsOf(received_at)) / 1000)
  return aheadS <= clockAheadMaxS
    ? []
    : [
        gap(
          'clock_ahead',
          `The act is stamped ${aheadS} s after it was received: the clock behind it ran ahead, and among other acts it counts as of its receipt.`,
        ),
      ]
}

/** Parses `YYYY-MM-DD hh:mm:ss.nnnnnnnnn`, UTC, to milliseconds since 1970. */
function millisecondsOf(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`)
}

function inputGaps({ inputsLeftOut }: WayBack, gap: MakeGap): Gap[] {
  if (inputsLeftOut === 0) return []
  const text = `${inputsLeftOut} of the inputs before the act are not shown; the untrusted ones and the newest are.`
  return [gap('inputs_truncated', text)]
}

function ancestorGaps(
  { ancestors, evidence, path, notAdmitted }: Decision,
  { leftOut }: WayBack,
  gap: MakeGap,
): Gap[] {
  const gaps = path
    .filter((hop) => hop.leftOut !== '')
    .map(({ record, leftOut: instance }) =>
      gap(
        'missing_instance',
        `The instance ${nameOrNull(instance) ?? ''}, which stood between, left nothing on record: the chain goes on with whoever gave it its grant.`,
        record.key,
      ),
    )
  const root = ancestors.records.at(-1)
  if (ancestors.missingParent !== '')
    gaps.push(
      gap(
        'missing_parent',
        notAdmitted !== undefined
          ? `The parent ${ancestors.missingParent} is on record only by an exporter that may not speak for this actor: the chain is not followed there.`
          : evidence.truncated
            ? `The parent ${ancestors.missingParent} is not among the records that were looked at: the chain may be longer.`
            : `The parent ${ancestors.missingParent} is not on record: the chain may be longer.`,
        root?.key,
      ),
    )
  if (ancestors.cycleAt !== '')
    gaps.push(
      gap(
        'parent_cycle',
        `The parents of this record lead back to ${ancestors.cycleAt}: no root can be told.`,
        root?.key,
      ),
    )
  if (evidence.truncated)
    gaps.push(
      gap(
        'evidence_truncated',
        `More than ${relatedRecordsMax} records surround the act; the nearest were looked at, and what is absent here may be on record.`,
      ),
    )
  if (leftOut > 0)
    gaps.push(
      gap('evidence_truncated', `${leftOut} hops in the middle of the chain are not shown.`),
    )
  return gaps
}

function identityGaps(decision: Decision, gap: MakeGap): Gap[] {
  const gaps: Gap[] = []
  const { ancestors, delegator, delegatorType, contradiction } = decision
  const isNamed =
    contradiction === ''
      ? decision.instance !== ''
      : ancestors.records.some((record) => record.instance !== '')
  if (!isNamed)
    gaps.push(
      gap(
        'missing_instance',
        decision.doubt === ''
          ? 'No record names the running instance.'
          : 'Which of two instances of the template it was is not known.',
      ),
    )
  if (delegator === '')
    gaps.push(
      gap(
        'missing_delegator',
        delegatorType === 'none'
          ? 'The agent says that it acts for nobody.'
          : 'No record says on whose behalf it acted.',
      ),
    )
  return gaps
}

function promptGaps(promptPath: PromptPath, gap: MakeGap): Gap[] {
  const gaps: Gap[] = []
  if (promptPath.missingRef !== '')
    gaps.push(
      gap('missing_prompt', `The prompt ${promptPath.missingRef} is named and is not on record.`),
    )
  const { initiating } = promptPath
  if (initiating === undefined)
    return gaps.length > 0
      ? gaps
      : [gap('missing_prompt', 'No record names the prompt that led to it.')]
  if (initiating.prompt_origin === 'agent' && gaps.length === 0)
    gaps.push(
      gap(
        'missing_prompt',
        'The outermost prompt on record was given by an agent; the one that initiated the task is not on record.',
        initiating.key,
      ),
    )
  return [...gaps, ...contentGaps(promptPath.textSource ?? initiating, 'prompt', gap)]
}

function planGaps({ plan, missingRef }: PlanInForce, gap: MakeGap): Gap[] {
  if (missingRef !== '')
    return [gap('missing_plan', `The plan ${missingRef} is named and is not on record.`)]
  if (plan === undefined) return [gap('missing_plan', 'No plan is on record.')]
  return contentGaps(plan, 'plan', gap)
}

/** Returns the gap that says why a text is not shown. */
function contentGaps(record: EvidenceRecord, what: 'prompt' | 'plan', gap: MakeGap): Gap[] {
  const content = record.content_state
  switch (content.state) {
    case 'text':
      return []
    case 'unread': {
      const text = `The text of the ${what} was not read: too many texts surround the act.`
      return [gap('content_withheld', text, record.key)]
    }
    case 'withheld': {
      const text = `The text of the ${what} was withheld where it was recorded.`
      return [gap('content_withheld', text, record.key)]
    }
    case 'erased': {
      const text = `The text of the ${what} was erased on ${content.at.slice(0, 10)}, on record as ${content.record}.`
      return [gap('content_erased', text, record.key)]
    }
    case 'expired': {
      const text = `The text of the ${what} was kept as long as was decided, and is gone.`
      return [gap('content_expired', text, record.key)]
    }
    case 'missing': {
      const text = `The text of the ${what} should be there and is not; nothing on record took it away.`
      return [gap('content_missing', text, record.key)]
    }
    case 'mismatch': {
      const text = `What is stored as the text of the ${what} is not what was recorded.`
      return [gap('content_mismatch', text, record.key)]
    }
  }
}

/** Returns gaps for sequence numbers of the acting instance up to this record that no record looked at has. */
function sequenceGaps(decision: Decision, gap: MakeGap): Gap[] {
  const [subject] = decision.ancestors.records
  if (subject === undefined || Number(subject.seq) < 1 || subject.instance === '') return []
  const missing = Number(subject.seq) - numbersUpTo(subject, decision).size
  if (missing <= 0) return []
  const text = decision.evidence.truncated
    ? `The instance's sequence could not be checked: more than ${relatedRecordsMax} records surround the act.`
    : `${missing} of the records that the instance numbered up to this one are not on record.`
  return [gap('sequence_gap', text)]
}

function numbersUpTo(
  subject: EvidenceRecord,
  { evidence, mergedRecord }: Decision,
): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const key of evidence.relatedRecords.keys()) {
    const record = mergedRecord(key)?.record
    if (record === undefined || record.instance !== subject.instance) continue
    const seq = Number(record.seq)
    if (seq >= 1 && seq <= Number(subject.seq)) numbers.add(seq)
  }
  return numbers
}
