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
  const gaps: Gap[] = []
  const add = (code: GapCode, text: string, span: string = subject.key): void => {
    gaps.push({ code, text, span })
  }
  if (row.contradiction === 'conflicting_identity')
    add('conflicting_identity', 'More than one identity is claimed for this act.')
  const root = row.trail.at(-1)
  if (root !== undefined && root.parent !== '')
    add(
      'missing_parent',
      `The parent ${root.parent} is not on record: the chain may be longer.`,
      root.key,
    )
  if (row.verdict !== 'human' && row.verdict !== 'service') addAgentGaps(row, prompts, plan, add)
  for (const record of row.trail)
    if (record.dropped > 0)
      add(
        'dropped_attributes',
        `${record.dropped} attributes, events or links of this record were dropped or cut.`,
        record.key,
      )
  add('unsealed', 'The record is not sealed: this version cannot yet prove that nobody edited it.')
  return gaps
}

function addAgentGaps(
  row: WhoDidRow,
  prompts: PromptTrail,
  plan: PlanInForce,
  add: (code: GapCode, text: string, span?: string) => void,
): void {
  if (row.trail.every((record) => record.instance === ''))
    add('missing_instance', 'No record names the running instance.')
  if (row.delegator === '')
    add(
      'missing_delegator',
      row.delegator_type === 'none'
        ? 'The agent says that it acts for nobody.'
        : 'No record says on whose behalf it acted.',
    )
  const initiating = prompts.prompts.at(-1)
  if (prompts.missingRef !== '')
    add('missing_prompt', `The prompt ${prompts.missingRef} is named and is not on record.`)
  else if (initiating === undefined)
    add('missing_prompt', 'No record names the prompt that led to it.')
  else if (initiating.content === '')
    add(
      'content_withheld',
      'The text of the prompt was withheld where it was recorded.',
      initiating.key,
    )
  if (plan.missingRef !== '')
    add('missing_plan', `The plan ${plan.missingRef} is named and is not on record.`)
  else if (plan.plan === undefined) add('missing_plan', 'No plan is on record.')
  else if (plan.plan.content === '')
    add(
      'content_withheld',
      'The text of the plan was withheld where it was recorded.',
      plan.plan.key,
    )
  const missing = Number(row.sequence_missing)
  if (missing > 0)
    add(
      'sequence_gap',
      Number(row.kin_count) >= kinMax
        ? `The instance's sequence could not be checked: more than ${kinMax} records surround the act.`
        : `${missing} of the records that the instance numbered up to this one are not on record.`,
    )
}
