import { stripVTControlCharacters } from 'node:util'
import { printableLine } from '@whodid/model'
import type { RecordedRead } from '@whodid/model'
import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import type { Palette } from './terminal-text.ts'
import { renderTable } from './table.ts'

type Action = Schemas['ListedAction']
type Template = Schemas['TemplatesAnswer']['templates'][number]

/** Names of a list that one cell shows. */
const namesMax = 3

/**
 * Actions, one a line: when, who for whom, what on what, how it ended, how well it is backed, and its span to ask about. Where such a
 * line is wider than `width`, each action is a block of lines of at most so many columns, in which a span is never cut.
 */
export function renderActions(
  actions: readonly Action[],
  palette: Palette,
  width: number = Number.POSITIVE_INFINITY,
): string[] {
  const isWide = (line: string): boolean => stripVTControlCharacters(line).length > width
  const table = actionTable(actions, palette)
  return table.some(isWide)
    ? actions.flatMap((action) => actionBlock(action, palette, width))
    : table
}

/** The fewest columns that a block needs: an indent and a span. */
const blockWidthMin = 56

function actionBlock(action: Action, palette: Palette, width: number): string[] {
  const columns = Math.max(width, blockWidthMin)
  const { verdict, delegator, verb, record_kind: kind, outcome, grade, resource, tool } = action
  const time = renderInstant(action.started_at)
  const done = [verb === '' ? kind : verb, outcome, grade].flatMap((word) => word ?? []).join(' ')
  const who = cut(whoOf(action), columns - time.length - 2)
  const isFor = verdict !== 'human' && delegator !== null
  const lines = [done, `on ${resource?.id ?? tool ?? '–'}`, ...(isFor ? [`for ${delegator}`] : [])]
  const paintWho = verdict === 'undetermined' ? palette.yellow : palette.cyan
  return [
    `${palette.dim(time)}  ${paintWho(who)}`,
    ...lines.map((line) => `  ${cut(line, columns - 2)}`),
    `  ${palette.dim(`span:${printableLine(action.span, blockWidthMin)}`)}`,
  ]
}

/** A text on one line, of at most so many UTF-16 units. */
function cut(text: string, length: number): string {
  const line = printableLine(text, 1_024)
  return line.length <= length ? line : `${line.slice(0, length - 1).toWellFormed()}…`
}

function actionTable(actions: readonly Action[], palette: Palette): string[] {
  return renderTable(
    actions,
    [
      { title: 'TIME', cell: (action) => renderInstant(action.started_at), paint: palette.dim },
      {
        title: 'WHO',
        cell: whoOf,
        paint: (text, { verdict }) =>
          verdict === 'undetermined' ? palette.yellow(text) : palette.cyan(text),
      },
      { title: 'FOR', cell: ({ verdict, delegator }) => (verdict === 'human' ? null : delegator) },
      { title: 'VERB', cell: ({ verb, record_kind: kind }) => (verb === '' ? kind : verb) },
      {
        title: 'OUTCOME',
        cell: ({ outcome }) => outcome,
        paint: (text, { outcome }) =>
          outcome === 'failure' || outcome === 'denied' ? palette.red(text) : text,
      },
      {
        title: 'GRADE',
        cell: ({ grade }) => grade,
        paint: (text, { grade }) => (grade === 'contradicted' ? palette.red(text) : text),
      },
      { title: 'ON', cell: ({ resource, tool }) => resource?.id ?? tool },
      { title: 'SPAN', cell: ({ span }) => span, paint: palette.dim },
    ],
    palette,
  )
}

function whoOf({ verdict, actor, template, instance }: Action): string {
  if (verdict !== 'agent') return actor === null ? verdict : `${verdict} ${actor}`
  return template === null || instance === null ? (actor ?? verdict) : `${template} ${instance}`
}

/** Templates, one a line: how many instances, first and last seen, for whom, with which tools and credentials. */
export function renderTemplates(templates: readonly Template[], palette: Palette): string[] {
  return renderTable(
    templates,
    [
      { title: 'TEMPLATE', cell: ({ id }) => id, paint: palette.cyan },
      { title: 'INSTANCES', cell: (row) => String(row.instances_total) },
      { title: 'FIRST', cell: (row) => renderInstant(row.first_at), paint: palette.dim },
      { title: 'LAST', cell: (row) => renderInstant(row.last_at), paint: palette.dim },
      { title: 'FOR', cell: ({ delegators }) => some(delegators) },
      { title: 'TOOLS', cell: ({ tools }) => some(tools) },
      { title: 'CREDENTIALS', cell: ({ credentials }) => some(credentials) },
    ],
    palette,
  )
}

function some(names: readonly string[]): string | null {
  if (names.length === 0) return null
  const more = names.length > namesMax ? ` +${names.length - namesMax}` : ''
  return `${names.slice(0, namesMax).join(', ')}${more}`
}

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

/** Reads of the ledger, one a line: when, who from where, which route, what was asked, for which case. */
export function renderReads(reads: readonly RecordedRead[], palette: Palette): string[] {
  return renderTable(
    reads,
    [
      { title: 'TIME', cell: (read) => renderInstant(read.read_at), paint: palette.dim },
      { title: 'READER', cell: ({ reader }) => reader, paint: palette.cyan },
      { title: 'ROLE', cell: ({ role }) => role },
      { title: 'FROM', cell: (read) => read.remote_address },
      { title: 'CASE', cell: (read) => read.case_id },
      { title: 'ROUTE', cell: ({ route }) => route },
      { title: 'QUESTION', cell: ({ question }) => question },
    ],
    palette,
  )
}
