import { grades, inputTrusts, outcomes, recordKinds } from '@whodid/model'
import type { InstanceAbout, InstanceAnswer, TimelineEntry } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { nameOrNull, toInstant } from '../text.ts'
import { askStatement } from './ask-statement.ts'
import { encodeCursor } from './cursor.ts'
import type { InstanceQuestion } from './instance-question.ts'
import { notEnded } from './not-ended.ts'
import { rowsOfPage, takePage } from './page.ts'
import { inThreadsOf } from './threads.ts'
import { timeBoundParameters, withinTimeBounds } from './time-bounds.ts'

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
 * What is known of an instance, within the time asked about, and one page of its records in the order of their time.
 *
 * Records count by what they name themselves: one that only stands below the instance's is not among them. Throws what
 * `Selector.select` throws.
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

/** The one statement: what the records say in all, the children, and the page. */
function planInstance({ id, time, limit, after }: InstanceQuestion, tenant: string): Statement {
  const parameters = { ...timeBoundParameters(time), id, rows: rowsOfPage(limit) }
  if (after === null) return { sql: instanceSql(''), parameters, tenant }
  const [ts = '', trace = '', span = ''] = after
  const position = { after_ts: ts, after_trace: trace, after_span: span }
  return { sql: instanceSql(afterPosition), parameters: { ...parameters, ...position }, tenant }
}

const afterPosition = `AND row.ts >= {after_ts:DateTime64(9, 'UTC')}
      AND (row.ts, row.trace_id, row.span_id) > (
        {after_ts:DateTime64(9, 'UTC')}, toFixedString(unhex({after_trace:String}), 16), toFixedString(unhex({after_span:String}), 8)
      )`

const named = (members: readonly string[]): string => `'Tuple(${members.join(', ')})'`
const texts = (...names: string[]): string => named(names.map((name) => `${name} String`))

const ofInstance = `row.instance_id = {id:String} AND ${inThreadsOf('instance', '{id:String}')}`

const instanceSql = (position: string): string => `
SELECT
  (
    SELECT CAST(
      (
        count(), min(row.ts), max(row.ts),
        groupUniqArrayIf(16)(CAST((row.template_id, row.template_name, row.template_version), ${texts('id', 'name', 'version')}), row.template_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(row.instance_parent_id, row.instance_parent_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(row.identity_id, row.identity_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(CAST((row.delegator_id, row.delegator_type), ${texts('id', 'type')}), row.delegator_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(row.correlation_id, row.correlation_id != '' AND row.channel != 'unentitled'),
        groupUniqArray(16)(CAST((row.exporter, row.channel), ${texts('name', 'channel')})),
        sumMap(map(CAST(row.record_kind, 'String'), toUInt64(1))),
        maxIf(row.seq, row.seq >= 1 AND row.channel != 'unentitled') - toInt64(uniqExactIf(row.seq, row.seq >= 1 AND row.channel != 'unentitled'))
      ),
      'Tuple(records UInt64, first DateTime64(9, \\'UTC\\'), last DateTime64(9, \\'UTC\\'), templates Array(Tuple(id String, name String, version String)), parents Array(String), identities Array(String), delegators Array(Tuple(id String, type String)), correlations Array(String), exporters Array(Tuple(name String, channel String)), kinds Map(String, UInt64), sequence_missing Int64)'
    )
    FROM whodid.spans AS row
    WHERE ${ofInstance} AND ${withinTimeBounds}
  ) AS about,
  (
    SELECT groupUniqArray(100)(CAST((row.instance_id, row.template_id), ${texts('id', 'template')}))
    FROM whodid.spans AS row
    WHERE row.instance_parent_id = {id:String} AND row.instance_id != '' AND row.channel != 'unentitled' AND ${withinTimeBounds}
  ) AS children,
  (
    SELECT groupArray(entry)
    FROM
    (
      SELECT CAST(
        (
          lower(hex(row.trace_id)), lower(hex(row.span_id)),
          if(row.parent_span_id = toFixedString('', 8), '', lower(concat(hex(row.trace_id), '-', hex(row.parent_span_id)))),
          row.ts, row.end_ts, row.received_at, row.record_kind, row.name, row.seq, row.tool_name, row.verb, row.outcome,
          row.resource_id, row.prompt_ref, row.input_source, row.input_trust, row.approval_decision,
          multiIf(row.channel = 'unentitled', 'contradicted', row.instance_rule != '', 'inferred', row.channel = 'entitled', 'channel', 'asserted')
        ),
        'Tuple(trace String, span String, parent String, ts DateTime64(9, \\'UTC\\'), end_ts DateTime64(9, \\'UTC\\'), received_at DateTime64(9, \\'UTC\\'), kind String, name String, seq Int64, tool String, verb String, outcome String, resource String, prompt String, input_source String, input_trust String, approval String, grade String)'
      ) AS entry
      FROM whodid.spans AS row
      WHERE ${ofInstance} AND ${withinTimeBounds} AND ${notEnded('whodid.spans', `${ofInstance} AND ${withinTimeBounds}`)}
      ${position}
      ORDER BY row.ts, row.trace_id, row.span_id, row.received_at
      LIMIT {rows:UInt32}
    )
  ) AS entries`

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
