import { printableLine } from '@whodid/model'
import { renderInstant } from './instant.ts'
import type { Palette } from './palette.ts'

/** A record of `whodid tail` as the API gives it. */
export interface TailLine {
  readonly started_at: string
  readonly record_kind: string
  readonly name: string
  readonly actor_type: string | null
  readonly template: string | null
  readonly instance: string | null
  readonly delegator: string | null
  readonly verb: string | null
  readonly outcome: string | null
  readonly resource: string | null
}

/** One record on one line: when, what kind, who for whom, what. */
export function renderTailLine(record: TailLine, palette: Palette): string {
  const text = (value: string): string => printableLine(value, 120)
  const actor = record.template ?? record.instance ?? record.actor_type ?? '?'
  const forWhom = record.delegator === null ? '' : ` for ${text(record.delegator)}`
  const act = record.verb === null ? text(record.name) : text(record.verb)
  const on = record.resource === null ? '' : ` ${text(record.resource)}`
  const failed = record.outcome === 'failure' || record.outcome === 'denied'
  const outcome = record.outcome === null ? '' : ` ${text(record.outcome)}`
  return `${palette.dim(renderInstant(record.started_at))}  ${palette.cyan(text(record.record_kind).padEnd(10))}  ${text(actor)}${palette.dim(forWhom)}  ${act}${on}${failed ? palette.red(outcome) : palette.dim(outcome)}`
}
