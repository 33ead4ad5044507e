import { parseSpanRef } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { Statement } from '@whodid/store'
import { earliest, latest, toDateTime64 } from '../../time-bounds.ts'
import { isNamed } from '../question.ts'
import type { Question } from '../question.ts'
import { candidateColumns, listedColumns, rowSql } from './evidence-columns.ts'

/** The most acts on the handle that the verdict may concern; the newest are judged first. */
export const candidatesMax = 64

/**
 * The most records of one sender that are read of a handle that names one act, first received first, and of all senders.
 * However many records others write under such a name, the first ones of each sender are looked at.
 */
export const namedOfSenderMax = 32
export const namedMax = 256

/** The most acts on the handle listed beside the subject. */
export const listedMax = 201

/** The most traces with a name that are searched for acts which inherit it, newest first. */
export const namedTracesMax = 32

/**
 * The statement that finds the acts on a handle, newest first, as plain rows. It decides nothing.
 *
 * Each kind of handle has its own text, to read through `whodid.threads`, the traces a name occurs in. The acts of resources,
 * credentials, templates, tools and people are in `whodid.acts`, and are read by point reads alone. Rows by role: `candidate` names
 * the handle itself and may be what the verdict concerns; `inheriting` is in a trace with the name but does not carry it;
 * `listed` is any act that names the handle. Parameters: `id`, `trace` and
 * `span` (hex), `since`, `until`, `recorded`, `verb`.
 *
 * A name in more traces than the reader may hold in one set is refused instead of answered from some of them: see
 * `query_too_expensive`.
 */
export function findActsSql(kind: HandleKind): string {
  const known = sourceByKind[kind]
  const own = known === undefined ? [] : ownParts(kind, known)
  return [...own, ...inheritingPart(kind)].join('\nUNION ALL\n')
}

/** The acts that carry the name themselves. */
function ownParts(kind: HandleKind, known: string): string[] {
  return [
    `SELECT 'candidate' AS role, ${rowSql(candidateColumns(isNamed(kind) ? 'false' : successCondition))} AS record
FROM
(
  SELECT *
  FROM ${known} AND ${candidateCondition(kind)}
  ${isNamed(kind) ? firstOfEachSender : newestOfEachAct}
)`,
    `SELECT 'listed', ${rowSql(listedColumns(isNamed(kind) ? 'false' : successCondition))}
FROM
(
  SELECT *
  FROM ${known}
  ${order}
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id, channel, actor_type, instance_id, template_id, user_id
  LIMIT ${listedMax}
)`,
  ]
}

/** Orders by the earlier of the emitter's clock and the ledger's: a clock that runs ahead hides no later act. */
const order = `ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id`

const newestOfEachAct = `${order}
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id, outcome, channel, actor_type, instance_id, template_id
  LIMIT ${candidatesMax}`

/** The rank of a record's backing, 0 for the best: `backingOf` of `judge-candidate.ts`, and below it what names nobody. */
const backing = `multiIf(channel = 'entitled', 0, channel = 'unentitled', 3, actor_type = '' OR (actor_type = 'agent' AND template_id = '' AND instance_id = ''), 1, 2)`

/** A name of one act belongs to the best backed record that came first, so these are read, not the newest. */
const firstOfEachSender = `ORDER BY ${backing}, received_at, ts, span_id
  LIMIT ${namedOfSenderMax} BY ${backing}, exporter
  LIMIT ${namedMax}`

/** Acts without the name in a trace where it occurs; the reader of the rows decides what they inherit. */
function inheritingPart(kind: HandleKind): string[] {
  const condition = unnamedCondition.get(kind)
  if (condition === undefined) return []
  return [
    `SELECT 'inheriting' AS role, ${rowSql(listedColumns(successCondition))} AS record
FROM
(
  SELECT *
  FROM whodid.v_spans
  WHERE (toStartOfHour(ts), trace_id) IN
      (
        ${newestTraces(keyOf(kind), namedTracesMax)}
      )
    AND ${isAct} AND ${condition} AND ${candidateCondition(kind)} AND ${bounds}
  ${order}
  LIMIT 1 BY trace_id, span_id
  LIMIT ${candidatesMax}
)`,
  ]
}

const unnamedCondition: ReadonlyMap<HandleKind, string> = new Map([
  ['instance', 'instance_id != {id:String}'],
  ['session', `session_id = ''`],
  ['conversation', `conversation_id = ''`],
  ['prompt', `prompt_ref = ''`],
])

/** The newest traces in which a name occurs, in the question's hours, with those of their hours that were read. */
function newestTraces(key: string, max: number): string {
  return `SELECT arrayJoin(hours) AS hour, trace_id
        FROM
        (
          SELECT trace_id, groupUniqArray(hour) AS hours
          FROM (${rowsFromEnd(key, rowsToRead(key, max))})
          GROUP BY trace_id
          ORDER BY max(hour) DESC, trace_id
          LIMIT ${max}
        )`
}

/** The rows of a name that are read first, for each trace: a few received batches. */
const rowsOfTraceUsual = 8
/** The most rows of a name that are read. A long run has one in each received batch. */
const rowsOfNameMax = 65_536

/** The number of rows that name enough traces: eight times what the newest rows promise, where these name too few. */
function rowsToRead(key: string, max: number): string {
  const few = rowsOfTraceUsual * max
  return `(SELECT if(rows < ${few} OR traces >= ${max}, ${few}, least(${rowsOfNameMax}, intDiv(${few * few}, greatest(traces, 1)))) FROM (SELECT count() AS rows, uniqExact(trace_id) AS traces FROM (${rowsFromEnd(key, few)})))`
}

/** The rows of a name, read from the end of their order. */
function rowsFromEnd(key: string, rows: number | string): string {
  return `SELECT hour, trace_id FROM whodid.threads WHERE key = ${key} AND ${hourBounds} ORDER BY key DESC, hour DESC LIMIT ${rows}`
}

const verbCondition = `if({verb:String} = '', verb != 'read', verb = {verb:String})`

/** A success by the record's own claim. */
const successCondition = `(outcome = 'success' AND ${verbCondition}) = 1`

/** Acts that the verdict may concern: neither failed nor denied. A handle that names one act concerns it however it ended. */
function candidateCondition(kind: HandleKind): string {
  return isNamed(kind) ? 'true' : `outcome NOT IN ('failure', 'denied') AND ${verbCondition}`
}

/** The bounds of a question: the time of the act, and the time of receipt. */
const bounds = `ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')}`

const isAct = `(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')`

/** The hours of `whodid.threads` in which an act that the question concerns may have begun. */
const hourBounds = `hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}`

const spansOf = (key: string, condition: string): string => `whodid.v_spans
      WHERE (toStartOfHour(ts), trace_id) IN
          (
            SELECT hour, trace_id FROM whodid.threads
            WHERE ${key} AND ${hourBounds}
          )
        AND ${condition} AND ${bounds}`

const traceSql = `toFixedString(unhex({trace:String}), 16)`
const spanSql = `toFixedString(unhex({span:String}), 8)`
const keyOf = (kind: string): string => `sipHash64('${kind}', {id:String})`
const isKey = (kind: string): string => `key = ${keyOf(kind)}`

/** The spans of the prompt with a hash, as acts under it refer to them. */
const promptRefs = `SELECT lower(concat(hex(trace_id), '-', hex(span_id))) FROM whodid.v_spans
          WHERE (toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE ${isKey('prompt')})
            AND prompt_hash = {id:String}`

/** The places of a handle's acts, and how they are found there. */
const sourceByKind: Readonly<Partial<Record<HandleKind, string>>> = {
  trace: spansOf(`key = sipHash64('trace', ${traceSql})`, `trace_id = ${traceSql} AND ${isAct}`),
  span: spansOf(
    `key = sipHash64('trace', ${traceSql})`,
    `trace_id = ${traceSql} AND span_id = ${spanSql}`,
  ),
  instance: spansOf(isKey('instance'), `instance_id = {id:String} AND ${isAct}`),
  action: spansOf(isKey('action'), `action_id = {id:String}`),
  correlation: spansOf(isKey('correlation'), `correlation_id = {id:String} AND ${isAct}`),
  session: spansOf(isKey('session'), `session_id = {id:String} AND ${isAct}`),
  conversation: spansOf(isKey('conversation'), `conversation_id = {id:String} AND ${isAct}`),
  prompt: spansOf(
    `(key = ${keyOf('prompt')} OR key IN (SELECT sipHash64('prompted', trace_id) FROM whodid.threads WHERE key = ${keyOf('prompt')}))`,
    `prompt_ref IN (${promptRefs}) AND ${isAct}`,
  ),
}

const statements = new Map<HandleKind, string>()

/**
 * The statement that finds the acts on the handle of a question, its parameters typed and apart.
 *
 * `at` and `to` both bound the action's time from above; the earlier one holds. `as_recorded` bounds the time of receipt.
 */
export function planFindActs(question: Question, tenant: string): Statement {
  const { kind, value } = question.handle
  let sql = statements.get(kind)
  if (sql === undefined) statements.set(kind, (sql = findActsSql(kind)))
  return {
    sql,
    parameters: {
      ...handleParameters(kind, value),
      since: question.from === null ? earliest : toDateTime64(question.from),
      until: toDateTime64Or(latest, question.at, question.to),
      recorded: toDateTime64Or(latest, question.asRecorded, null),
      verb: question.verb ?? '',
    },
    tenant,
  }
}

function handleParameters(kind: HandleKind, value: string): Record<string, string> {
  if (kind === 'trace') return { trace: value }
  if (kind !== 'span') return { id: value }
  const ref = parseSpanRef(value)
  return { trace: ref?.trace ?? '', span: ref?.span ?? '' }
}

function toDateTime64Or(otherwise: string, a: bigint | null, b: bigint | null): string {
  const bounds = [a, b].filter((bound) => bound !== null)
  if (bounds.length === 0) return otherwise
  return toDateTime64(bounds.reduce((earlier, bound) => (bound < earlier ? bound : earlier)))
}
