import { grades, outcomes, printableLine, verdicts, WhodidError } from '@whodid/model'
import type { Grade, HandleKind, Outcome, Verdict } from '@whodid/model'
import { parseTimeBounds } from '../../time-bounds.ts'
import type { RawTimeBounds, TimeBounds } from '../../time-bounds.ts'
import { parseVerb } from '../../who-did/question.ts'
import { decodeCursor, spanPositionForm } from '../cursor.ts'
import type { Position } from '../cursor.ts'
import { parseHandleOfKind, parsePageLimit } from '../parse-parameters.ts'

/** The kinds of handle that narrow a list. */
export type ListHandleKind = Exclude<HandleKind, 'prompt'>

/** A raw question for actions: every field is untrusted text. A handle stands under its kind. */
export interface RawActionsQuestion
  extends RawTimeBounds, Readonly<Partial<Record<ListHandleKind, string | undefined>>> {
  readonly verb?: string | undefined
  readonly outcome?: string | undefined
  readonly verdict?: string | undefined
  readonly grade?: string | undefined
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** The filters of a list; an action must fit all of them. */
export interface ActionFilters {
  /** Canonical IDs by kind of handle. */
  readonly handles: Readonly<Partial<Record<ListHandleKind, string>>>
  readonly verb: string | null
  readonly outcome: Outcome | null
  readonly verdict: Verdict | null
  readonly grade: Grade | null
  readonly time: TimeBounds
}

/** A parsed question for actions. */
export interface ActionsQuestion {
  readonly filters: ActionFilters
  readonly limit: number
  /** The position where the previous page ended. */
  readonly after: Position | null
}

/** The default and the most actions in one page. */
export const actionsLimit: { readonly default: 50; readonly max: 500 } = { default: 50, max: 500 }

/** The kinds of handle that have an index, whatever is stored. */
const anchoringKinds: readonly ListHandleKind[] = [
  'trace',
  'span',
  'action',
  'instance',
  'delegator',
  'correlation',
  'credential',
  'resource',
  'session',
  'conversation',
]

const filterKinds: readonly ListHandleKind[] = [...anchoringKinds, 'template', 'tool']

/**
 * Parses a question for actions.
 *
 * Throws `invalid_handle`, `invalid_time`, `invalid_cursor`, `invalid_parameter`, and `range_required` when neither an
 * indexed handle nor `from` bounds the read.
 */
export function parseActionsQuestion(raw: RawActionsQuestion): ActionsQuestion {
  const filters: ActionFilters = {
    handles: parseHandles(raw),
    verb: parseVerb(raw.verb),
    outcome: oneOf('outcome', raw.outcome, outcomes),
    verdict: oneOf('verdict', raw.verdict, verdicts),
    grade: oneOf('grade', raw.grade, grades),
    time: parseTimeBounds(raw),
  }
  const limit = parsePageLimit(raw.limit, actionsLimit)
  if (!isAnchored(filters) && filters.time.from === null)
    throw new WhodidError(
      'range_required',
      `"from" expected an instant, since no handle of ${anchoringKinds.join(', ')} narrows the question; got none`,
    )
  const after =
    raw.cursor === undefined ? null : decodeCursor(raw.cursor, filters, spanPositionForm)
  return { filters, limit, after }
}

/** True when an index leads to the actions asked for. */
function isAnchored({ handles }: ActionFilters): boolean {
  return anchoringKinds.some((kind) => handles[kind] !== undefined)
}

function parseHandles(raw: RawActionsQuestion): ActionFilters['handles'] {
  const handles: Partial<Record<ListHandleKind, string>> = {}
  for (const kind of filterKinds) {
    const text = raw[kind]
    if (text !== undefined) handles[kind] = parseHandleOfKind(kind, text)
  }
  return handles
}

function oneOf<Value extends string>(
  field: string,
  text: string | undefined,
  values: readonly Value[],
): Value | null {
  if (text === undefined) return null
  const known = values.find((value) => value === text)
  if (known === undefined)
    throw new WhodidError(
      'invalid_parameter',
      `"${field}" expected one of ${values.join(', ')}; got "${printableLine(text, 60)}"`,
    )
  return known
}
