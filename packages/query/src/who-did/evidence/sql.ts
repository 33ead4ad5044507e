import type { HandleKind } from '@whodid/model'
import { isNamed } from '../question.ts'
import {
  envelopeColumns,
  evidenceColumns,
  instanceClaimColumns,
  listedColumns,
  rowSql,
  understoodSql,
} from './evidence-columns.ts'
import { relatedRecordsMax } from './evidence.ts'

/** Acts on the handle that may be what the verdict concerns; the newest are judged first. */
export const candidatesMax = 64

/** Acts on the handle listed beside the subject. */
const listedMax = 201

/**
 * Acts looked at where a table holds them in the order of their time: its end is read and not its whole, so that a
 * token or a file that is used all over the ledger costs no more than one that is not.
 */
const newestActsMax = 256
const newestListedMax = 1024
const newestBegunMax = 256

/** Traces in which a name occurs that are searched for acts which inherit it, the newest. */
const namedTracesMax = 32

/**
 * The statement that finds the acts on a handle, newest first, as plain rows. It decides nothing.
 *
 * One text for each kind of handle, so that each reads by the key that serves it: resources, people and credentials by the
 * orders of `whodid.actions`, everything else through `whodid.threads`, the traces a name occurs in. Rows by role:
 * `candidate` names the handle itself and may be what the verdict concerns; `inheriting` stands in a trace in which the name
 * occurs and does not carry it; `listed` is any act that names the handle. Parameters: `id`, `trace` and `span` (hex), `since`, `until`, `recorded`, `verb`.
 *
 * A name that occurs in more traces than the reader may hold in one set is refused, not answered from some of them: see
 * `query_too_expensive`.
 */
export function findActsSql(kind: HandleKind): string {
  const known = sourceByKind[kind]
  const parts = [
    `SELECT 'candidate' AS role, ${rowSql(listedColumns(isNamed(kind) ? 'false' : successCondition))} AS record
FROM
(
  SELECT *
  FROM ${newestFirst(kind, `${known} AND ${candidateCondition(kind)}`, newestActsMax)}
  ${order}
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id, outcome, channel, actor_type, instance_id, template_id
  LIMIT ${candidatesMax}
)`,
    `SELECT 'listed', ${rowSql(listedColumns(isNamed(kind) ? 'false' : successCondition))}
FROM
(
  SELECT *
  FROM ${newestFirst(kind, known, newestListedMax)}
  ${order}
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id
  LIMIT ${listedMax}
)`,
    ...inheritingPart(kind),
  ]
  return parts.join('\nUNION ALL\n')
}

/** By the earlier of the emitter's clock and the ledger's: a clock that runs ahead hides nothing that was done since. */
const order = `ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id`

/** Acts that carry no such name and stand in a trace where it occurs: what they inherit is decided by the reader of the rows. */
function inheritingPart(kind: HandleKind): string[] {
  const condition = unnamedCondition.get(kind)
  if (condition === undefined) return []
  return [
    `SELECT 'inheriting', ${rowSql(listedColumns(successCondition))}
FROM
(
  SELECT *
  FROM whodid.spans
  WHERE (toStartOfHour(ts), trace_id) IN
      (
        SELECT hour, trace_id FROM whodid.threads
        WHERE key = ${keyOf(kind)}
          AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
        ORDER BY hour DESC
        LIMIT 1 BY hour, trace_id
        LIMIT ${namedTracesMax}
      )
    AND ${isAct} AND ${condition} AND ${candidateCondition(kind)} AND ${bounds}
  ${order}
  LIMIT 1 BY trace_id, span_id
  LIMIT ${candidatesMax}
)`,
  ]
}

const unnamedCondition: ReadonlyMap<HandleKind, string> = new Map([
  ['template', 'template_id != {id:String}'],
  ['instance', 'instance_id != {id:String}'],
  ['delegator', 'delegator_id != {id:String} AND user_id != {id:String}'],
])

/**
 * The newest of what is read in order; all of what is read by its traces, which are bounded.
 *
 * The order is by the time that emitters stamp. Whose clock runs ahead could fill its end with acts of the future and hide
 * what was done since, so the newest of those that had begun when they were received are read beside it.
 */
function newestFirst(kind: HandleKind, source: string, max: number): string {
  if (!isInOrder(kind)) return source
  return `(
        SELECT * FROM (SELECT * FROM ${source} ORDER BY ts DESC LIMIT ${max})
        UNION ALL
        SELECT * FROM (SELECT * FROM ${source} AND ts <= received_at ORDER BY ts DESC LIMIT ${newestBegunMax})
      )`
}

function isInOrder(kind: HandleKind): boolean {
  return kind === 'resource' || kind === 'delegator' || kind === 'credential'
}

const verbCondition = `if({verb:String} = '', verb != 'read', verb = {verb:String})`

/** A success, as the record itself has it. */
const successCondition = `(outcome = 'success' AND ${verbCondition}) = 1`

/** What the verdict may concern: what neither failed nor was denied. A handle that names one act concerns it however it ended. */
function candidateCondition(kind: HandleKind): string {
  return isNamed(kind) ? 'true' : `outcome NOT IN ('failure', 'denied') AND ${verbCondition}`
}

/** Bounds of a question: the time of the act, and the time of receipt. */
const bounds = `ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')}`

const isAct = `(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')`

const actionsWhere = (condition: string): string =>
  `whodid.actions WHERE ${condition} AND ${bounds}`

const spansOf = (key: string, condition: string): string => `whodid.spans
      WHERE (toStartOfHour(ts), trace_id) IN
          (
            SELECT hour, trace_id FROM whodid.threads
            WHERE key = ${key}
              AND hour <= {until:DateTime64(9, 'UTC')}
              AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
          )
        AND ${condition} AND ${bounds}`

const traceSql = `toFixedString(unhex({trace:String}), 16)`
const spanSql = `toFixedString(unhex({span:String}), 8)`
const keyOf = (kind: string): string => `sipHash64('${kind}', {id:String})`

/** Where the acts of a handle are, and how they are found there. */
const sourceByKind: Readonly<Record<HandleKind, string>> = {
  resource: actionsWhere(`resource_id = {id:String}`),
  delegator: actionsWhere(`principal_id = {id:String}`),
  template: spansOf(keyOf('template'), `template_id = {id:String} AND ${isAct}`),
  trace: spansOf(`sipHash64('trace', ${traceSql})`, `trace_id = ${traceSql} AND ${isAct}`),
  span: spansOf(
    `sipHash64('trace', ${traceSql})`,
    `trace_id = ${traceSql} AND span_id = ${spanSql}`,
  ),
  instance: spansOf(keyOf('instance'), `instance_id = {id:String} AND ${isAct}`),
  action: spansOf(keyOf('action'), `action_id = {id:String}`),
  correlation: spansOf(keyOf('correlation'), `correlation_id = {id:String} AND ${isAct}`),
  credential: actionsWhere(`credential_id = {id:String}`),
}

/** Traces looked at around one act, the nearest in time. */
const relatedTracesMax = 200

/** Envelopes of texts of prompts and plans that are opened, the nearest first. */
export const envelopesMax = 64

/** Claims on the instances of one trace, the earliest. */
const claimsMax = 1000

/**
 * The statement that gathers what explains the acts of one trace, as plain rows: the records of the trace and of those near to
 * it, the texts of their prompts and plans, and who claims the instances of the trace. It decides nothing.
 *
 * Parameters: `trace` and `span` (hex) and `happened`, the act around which is looked, and its time; `recorded`.
 */
export const relatedRecordsSql = (): string => `
WITH
  toFixedString(unhex({trace:String}), 16) AS about_trace,
  {happened:DateTime64(9, 'UTC')} AS about_ts,
  (
    SELECT groupArray((hour, trace_id))
    FROM
    (
      SELECT DISTINCT hour, trace_id FROM whodid.threads
      WHERE key IN
      (
        SELECT arrayJoin(up) FROM whodid.threads
        WHERE key IN
        (
          SELECT sipHash64('trace', trace_id) FROM whodid.threads
          WHERE key IN (SELECT arrayJoin(up) FROM whodid.threads WHERE key = sipHash64('trace', about_trace))
          LIMIT ${relatedTracesMax}
        )
      )
      ORDER BY trace_id = about_trace DESC, abs(toInt64(toUnixTimestamp(hour)) - toInt64(toUnixTimestamp(about_ts)))
      LIMIT ${relatedTracesMax}
    )
  ) AS near
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.spans
WHERE ${isNear}
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY
  (trace_id, span_id) = (about_trace, toFixedString(unhex({span:String}), 8)) DESC,
  (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR input_source != '') DESC,
  trace_id = about_trace DESC,
  abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about_ts)),
  received_at
LIMIT 1 BY trace_id, span_id, channel, exporter, actor_type, instance_id, template_id, delegator_id, user_id, ts, outcome, verb, tool_name, resource_id, content_commitment
LIMIT ${relatedRecordsMax + 1}
UNION ALL
SELECT 'claimed', ${rowSql(instanceClaimColumns)}
FROM whodid.threads
WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key = sipHash64('trace', about_trace))
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
GROUP BY key, template_id, exporter
ORDER BY min(received_at)
LIMIT ${claimsMax}
UNION ALL
${envelopesSql}`

/** An array that is known before the read begins finds its granules by the sort key, as a set does, and is made once for all who ask. */
const isNear = `has(near, (toStartOfHour(ts), trace_id))`

/** The envelopes of the texts of prompts and plans, the nearest first. */
const envelopesSql = `SELECT 'envelope', ${rowSql(envelopeColumns)}
FROM whodid.contents
WHERE ref IN
(
  SELECT content_ref
  FROM whodid.spans
  WHERE ${isNear}
    AND record_kind IN ('prompt', 'plan') AND content_commitment != toFixedString('', 32)
    AND received_at <= {recorded:DateTime64(9, 'UTC')}
  ORDER BY trace_id = about_trace DESC, abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about_ts))
  LIMIT 1 BY content_ref
  LIMIT ${envelopesMax}
)`

/** Records that show whether anything of a handle is understood. */
const presentMax = 16

/** Envelopes of prompts of the traces that links lead to. */
const linkedEnvelopesMax = 32

const isKnown = `received_at <= {recorded:DateTime64(9, 'UTC')}`

const traceOf = (hex: string): string => `toFixedString(unhex(${hex}), 16)`

/** Where the records are of the traces with one of these keys of `whodid.threads`. */
const placesOf = (keys: string): string =>
  `(toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN ${keys})`

/** Some records of a trace or under a correlation ID, those that are understood first. Parameters: `id`, `recorded`. */
export function presentRecordsSql(kind: 'trace' | 'correlation'): string {
  const id = '{id:String}'
  const name = kind === 'trace' ? traceOf(id) : id
  const column = kind === 'trace' ? 'trace_id' : 'correlation_id'
  return `
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.spans
WHERE ${placesOf(`(SELECT sipHash64('${kind}', ${name}))`)} AND ${column} = ${name} AND ${isKnown}
ORDER BY (${understoodSql}) DESC, ts
LIMIT ${presentMax}`
}

const linked = `arrayMap(x -> ${traceOf('x')}, splitByChar(',', {traces:String}))`
const isLinked = `${placesOf(`(SELECT arrayJoin(arrayMap(x -> sipHash64('trace', x), ${linked})))`)} AND has(${linked}, trace_id) AND ${isKnown}`

/** The records of the traces that links lead to, and the texts of their prompts. Parameters: `traces` (hex, by comma), `most`, `recorded`. */
export const linkedRecordsSql: string = `
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.spans
WHERE ${isLinked}
ORDER BY (record_kind IN ('session', 'prompt', 'plan', 'delegation', 'tool_call')) DESC, ts
LIMIT {most:UInt32}
UNION ALL
SELECT 'envelope', ${rowSql(envelopeColumns)}
FROM whodid.contents
WHERE ref IN
(
  SELECT content_ref
  FROM whodid.spans
  WHERE ${isLinked} AND record_kind IN ('prompt', 'plan') AND content_commitment != toFixedString('', 32)
  ORDER BY ts
  LIMIT 1 BY content_ref
  LIMIT ${linkedEnvelopesMax}
)`

/** Envelopes by their names. Parameters: `refs` (hex, by comma). */
export const soughtTextsSql: string = `
SELECT 'envelope' AS role, ${rowSql(envelopeColumns)} AS record
FROM whodid.contents
WHERE ref IN (SELECT arrayJoin(arrayMap(x -> toFixedString(unhex(x), 24), splitByChar(',', {refs:String}))))`
