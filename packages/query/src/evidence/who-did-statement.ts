import type { HandleKind } from '@whodid/model'
import {
  envelopeColumns,
  evidenceColumns,
  instanceClaimColumns,
  listedColumns,
  rowSql,
} from './evidence-columns.ts'
import { kinMax } from './evidence.ts'

/** Traces looked at around one act, the nearest in time. */
const kinTracesMax = 200

/** Envelopes of texts of prompts and plans that are opened, the nearest first. */
export const envelopesMax = 64

/** Actions on the handle listed beside the subject. */
const listedMax = 201

/**
 * Acts looked at where a table holds them in the order of their time: its end is read and not its whole, so that a
 * token or a file that is used all over the ledger costs no more than one that is not.
 */
const newestActsMax = 256
const newestListedMax = 1024
const newestBegunMax = 256

/** Claims on the instances of one trace, the earliest. */
const claimsMax = 1000

/**
 * The one statement that gathers what a question needs, as plain rows: the subject, its kin and their texts, the other
 * actions on the handle, and who claims the instances of its trace. It decides nothing.
 *
 * One text for each kind of handle, so that each reads by the key that serves it: resources, people and credentials by the
 * orders of `whodid.actions`, everything else through `whodid.threads`, the traces a name occurs in. Parameters: `id`, `trace` and
 * `span` (hex), `since`, `until`, `recorded`, `verb`.
 *
 * A name that occurs in more traces than the reader may hold in one set is refused, not answered from some of them: see
 * `query_too_expensive`.
 */
export function whoDidStatement(kind: HandleKind): string {
  const known = sourceByKind[kind]
  return `
WITH
  (
    SELECT (any(trace_id), any(span_id), any(hour), any(happened_at))
    FROM
    (
      SELECT trace_id, span_id, toStartOfHour(ts) AS hour, ts AS happened_at
      FROM ${newestFirst(kind, `${known} AND ${subjectCondition(kind)}`, newestActsMax)}
      ORDER BY ${kind === 'action' ? `outcome = 'unknown', ` : ''}least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
      LIMIT 1
    )
  ) AS subject,
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
          WHERE key IN (SELECT arrayJoin(up) FROM whodid.threads WHERE key = sipHash64('trace', subject.1))
          LIMIT ${kinTracesMax}
        )
      )
      ORDER BY trace_id = subject.1 DESC, abs(toInt64(toUnixTimestamp(hour)) - toInt64(toUnixTimestamp(subject.3)))
      LIMIT ${kinTracesMax}
    )
  ) AS near
SELECT if((trace_id, span_id) = (subject.1, subject.2), 'subject', 'kin') AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.spans
WHERE ${isNear}
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY
  role = 'subject' DESC,
  (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR input_source != '') DESC,
  trace_id = subject.1 DESC,
  abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(subject.4)),
  received_at
LIMIT 1 BY trace_id, span_id, channel, actor_type, instance_id, template_id, delegator_id, user_id, ts, outcome, verb, resource_id, content_commitment
LIMIT ${kinMax + 1}
UNION ALL
SELECT 'listed', ${rowSql(listedColumns(isNamed(kind) ? 'false' : `(${subjectCondition(kind)}) = 1`))}
FROM
(
  SELECT *
  FROM ${newestFirst(kind, known, newestListedMax)}
  ORDER BY least(ts, received_at) DESC, ts DESC, span_id
  LIMIT 1 BY trace_id, span_id
  LIMIT ${listedMax}
)
UNION ALL
SELECT 'claimed', ${rowSql(instanceClaimColumns)}
FROM whodid.threads
WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key = sipHash64('trace', subject.1))
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
GROUP BY key, template_id, exporter
ORDER BY min(received_at)
LIMIT ${claimsMax}
UNION ALL
${envelopesSql}`
}

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
  ORDER BY trace_id = subject.1 DESC, abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(subject.4))
  LIMIT 1 BY content_ref
  LIMIT ${envelopesMax}
)`

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

/** What an act must be for the verdict to concern it. A handle that names one act concerns that act however it ended. */
function subjectCondition(kind: HandleKind): string {
  if (isNamed(kind)) return 'true'
  return `outcome = 'success' AND if({verb:String} = '', verb != 'read', verb = {verb:String})`
}

function isNamed(kind: HandleKind): boolean {
  return kind === 'action' || kind === 'span'
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
