import type { Gap, GapCode } from '@whodid/model'
import type { PlanInForce } from './plan-in-force.ts'
import type { PromptTrail } from './initiating-prompt.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** Records the view looks at around one action; past it, sequence numbers cannot be checked in one question. */
const kinMax = 4000

/** What the record should hold and does not: shown, never filled. Nothing found has no gaps, it is one. */
export function findGaps(row: WhoDidRow, prompts: PromptTrail, plan: PlanInForce): Gap[] {
  const subject = row.trail[0]
  if (subject === undefined || subject.key === '') return []
  const gap = (code: GapCode, text: string, span: string = subject.key): Gap => ({
    code,
    text,
    span,
  })
  const gaps: Gap[] = []
  if (row.contradiction === 'conflicting_identity')
    gaps.push(gap('conflicting_identity', 'More than one identity is claimed for this act.'))
  const root = row.trail.at(-1)
  if (root !== undefined && root.parent !== '')
    gaps.push(
      gap(
        'missing_parent',
        `The parent ${root.parent} is not on record: the chain may be longer.`,
        root.key,
      ),
    )
  if (row.verdict !== 'human' && row.verdict !== 'service')
    gaps.push(
      ...identityGaps(row, gap),
      ...promptGaps(prompts, gap),
      ...planGaps(plan, gap),
      ...sequenceGaps(row, gap),
    )
  for (const record of row.trail)
    if (record.dropped > 0)
      gaps.push(
        gap(
          'dropped_attributes',
          `${record.dropped} attributes, events or links of this record were dropped or cut.`,
          record.key,
        ),
      )
  gaps.push(
    gap(
      'unsealed',
      'The record is not sealed: this version cannot yet prove that nobody edited it.',
    ),
  )
  return gaps
}

type MakeGap = (code: GapCode, text: string, span?: string) => Gap

function identityGaps(row: WhoDidRow, gap: MakeGap): Gap[] {
  const gaps: Gap[] = []
  if (row.trail.every((record) => record.instance === ''))
    gaps.push(gap('missing_instance', 'No record names the running instance.'))
  if (row.delegator === '') {
    const saysNone = row.delegator_type === 'none'
    gaps.push(
      gap(
        'missing_delegator',
        saysNone
          ? 'The agent says that it acts for nobody.'
          : 'No record says on whose behalf it acted.',
      ),
    )
  }
  return gaps
}

function promptGaps(trail: PromptTrail, gap: MakeGap): Gap[] {
  if (trail.missingRef !== '')
    return [gap('missing_prompt', `The prompt ${trail.missingRef} is named and is not on record.`)]
  const initiating = trail.prompts.at(-1)
  if (initiating === undefined)
    return [gap('missing_prompt', 'No record names the prompt that led to it.')]
  if (initiating.content !== '') return []
  return [
    gap(
      'content_withheld',
      'The text of the prompt was withheld where it was recorded.',
      initiating.key,
    ),
  ]
}

function planGaps({ plan, missingRef }: PlanInForce, gap: MakeGap): Gap[] {
  if (missingRef !== '')
    return [gap('missing_plan', `The plan ${missingRef} is named and is not on record.`)]
  if (plan === undefined) return [gap('missing_plan', 'No plan is on record.')]
  if (plan.content !== '') return []
  return [
    gap('content_withheld', 'The text of the plan was withheld where it was recorded.', plan.key),
  ]
}

function sequenceGaps(row: WhoDidRow, gap: MakeGap): Gap[] {
  const missing = Number(row.sequence_missing)
  if (missing <= 0) return []
  const text =
    Number(row.kin_count) >= kinMax
      ? `The instance's sequence could not be checked: more than ${kinMax} records surround the act.`
      : `${missing} of the records that the instance numbered up to this one are not on record.`
  return [gap('sequence_gap', text)]
}
