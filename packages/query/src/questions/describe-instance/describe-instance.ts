import { grades, inputTrusts, outcomes, recordKinds } from '@whodid/model'
import type { InstanceAbout, InstanceAnswer, TimelineEntry } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { nameOrNull, toInstant } from '../../text.ts'
import { parseTimeBounds, timeBoundParameters } from '../../time-bounds.ts'
import type { TimeBounds } from '../../time-bounds.ts'
import { askStatement } from '../ask-statement.ts'
import { decodeCursor, encodeCursor, spanPositionForm } from '../cursor.ts'
import type { Position } from '../cursor.ts'
import { rowsOfPage, takePage } from '../page.ts'
import { parseHandleOfKind, parsePageLimit } from '../parse-parameters.ts'
import type { RawInstanceQuestion } from '../parse-parameters.ts'
import { afterPosition, instanceSql } from './sql.ts'

interface EntryRow {
  readonly trace: string
  readonly span: string
  readonly parent: string
  readonly ts: string
  readonly end_ts: string
  readonly received_at: string
  readonly kind: string
  readonly name: string
  readonly seq: string
  readonly tool: string
  readonly verb: string
  readonly outcome: string
  readonly resource: string
  readonly prompt: string
  readonly input_source: string
  readonly input_trust: string
  readonly approval: string
  readonly grade: string
}

interface InstanceRow {
  readonly about: {
    readonly records: string
    readonly first: string
    readonly last: string
    readonly templates: readonly { id: string; name: string; version: string }[]
    readonly parents: readonly string[]
    readonly identities: readonly string[]
    readonly delegators: readonly { id: string; type: string }[]
    readonly correlations: readonly string[]
    readonly exporters: readonly { name: string; channel: string }[]
    readonly kinds: Readonly<Record<string, string>>
    readonly sequence_missing: string
  }
  readonly children: readonly { id: string; template: string }[]
  readonly entries: readonly EntryRow[]
}

/**
 * Describes an instance within the time asked about, with one page of its records in time order.
 *
 * Only records that name the instance themselves count; records below the instance's own do not. Throws the errors of
 * `Selector.select`.
 */
export async function describeInstance(
  selector: Selector,
  tenant: string,
  question: InstanceQuestion,
): Promise<InstanceAnswer> {
  const { rows, cost } = await askStatement<InstanceRow>(selector, planInstance(question, tenant))
  const [row] = rows
  if (row === undefined) throw new Error('the statement gave no row, and it always gives one')
  const { records, next } = takePage(row.entries, question.limit)
  const { id, time } = question
  return {
    id: nameOrNull(id) ?? '',
    instance: Number(row.about.records) === 0 ? null : describeAbout(row),
    timeline: records.map(([entry]) => toEntry(entry)),
    next_cursor: next === null ? null : encodeCursor({ id, time }, next),
    cost,
  }
}

/** The one statement: the totals of the records, the children, and the page. */
function planInstance({ id, time, limit, after }: InstanceQuestion, tenant: string): Statement {
  const parameters = { ...timeBoundParameters(time), id, rows: rowsOfPage(limit) }
  if (after === null) return { sql: instanceSql(''), parameters, tenant }
  const [ts = '', trace = '', span = ''] = after
  const position = { after_ts: ts, after_trace: trace, after_span: span }
  return { sql: instanceSql(afterPosition), parameters: { ...parameters, ...position }, tenant }
}

function describeAbout({ about, children }: InstanceRow): InstanceAbout {
  const named = (ids: readonly string[]): string[] => ids.map((id) => nameOrNull(id) ?? '').sort()
  return {
    templates: about.templates.map(({ id, name, version }) => ({
      id: nameOrNull(id) ?? '',
      name: nameOrNull(name),
      version: nameOrNull(version),
    })),
    parents: named(about.parents),
    identities: named(about.identities),
    delegators: about.delegators.map(({ id, type }) => ({
      id: nameOrNull(id) ?? '',
      type: nameOrNull(type),
    })),
    correlation_ids: named(about.correlations),
    exporters: about.exporters.map(({ name, channel }) => ({
      name: nameOrNull(name) ?? '',
      entitled: channel === '' ? null : channel === 'entitled',
    })),
    children: children.map(({ id, template }) => ({
      id: nameOrNull(id) ?? '',
      template: nameOrNull(template),
    })),
    records: Number(about.records),
    record_kinds: Object.fromEntries(
      Object.entries(about.kinds).map(([kind, count]) => [kind, Number(count)]),
    ),
    sequence_missing: Math.max(0, Number(about.sequence_missing)),
    first_at: toInstant(about.first),
    last_at: toInstant(about.last),
  }
}

function toEntry(row: EntryRow): TimelineEntry {
  return {
    span: `${row.trace}-${row.span}`,
    parent: nameOrNull(row.parent),
    record_kind: recordKinds.find((kind) => kind === row.kind) ?? 'other',
    name: nameOrNull(row.name) ?? '',
    seq: Number(row.seq) < 0 ? null : Number(row.seq),
    tool: nameOrNull(row.tool),
    verb: nameOrNull(row.verb),
    outcome: outcomes.find((outcome) => outcome === row.outcome) ?? null,
    resource: nameOrNull(row.resource),
    prompt: nameOrNull(row.prompt),
    input:
      row.input_source === ''
        ? null
        : {
            source: nameOrNull(row.input_source) ?? '',
            trust: inputTrusts.find((trust) => trust === row.input_trust) ?? 'unknown',
          },
    approval: nameOrNull(row.approval),
    grade: grades.find((grade) => grade === row.grade) ?? 'none',
    started_at: toInstant(row.ts),
    ended_at: toInstant(row.end_ts),
    received_at: toInstant(row.received_at),
  }
}

/** A parsed question about an instance. */
interface InstanceQuestion {
  readonly id: string
  readonly time: TimeBounds
  readonly limit: number
  /** The position where the previous page of the timeline ended. */
  readonly after: Position | null
}

/** The default and the most records in one page of a timeline. */
export const timelineLimit: { readonly default: 100; readonly max: 500 } = {
  default: 100,
  max: 500,
}

/** Parses a question about an instance. Throws `invalid_handle`, `invalid_time`, `invalid_cursor` or `invalid_parameter`. */
export function parseInstanceQuestion(raw: RawInstanceQuestion): InstanceQuestion {
  const id = parseHandleOfKind('instance', raw.id, 'id')
  const time = parseTimeBounds(raw)
  const limit = parsePageLimit(raw.limit, timelineLimit)
  const after =
    raw.cursor === undefined ? null : decodeCursor(raw.cursor, { id, time }, spanPositionForm)
  return { id, time, limit, after }
}
