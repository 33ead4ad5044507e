import { attribute, textPartBits } from '@whodid/model'
import type { Statement } from '@whodid/store'
import { latest, toDateTime64 } from '../../time-bounds.ts'
import type { Question } from '../question.ts'
import {
  textBlockColumns,
  evidenceColumns,
  instanceClaimColumns,
  rowSql,
  understoodSql,
} from './evidence-columns.ts'
import type { ListedAction } from './evidence-record.ts'
import { relatedRecordsMax } from './evidence.ts'

/** The most traces looked at around one act, nearest in time. */
export const relatedTracesMax = 200

/** The most blocks of texts of prompts and plans that are opened, nearest first. */
export const textBlocksMax = 64

/** The most claims read on the instances of one trace, earliest first. */
export const claimsMax = 1000

/** The most records looked at for the orders that they name. */
const toldMax = 400

/**
 * The statement that gathers the records which explain the acts of one trace, as plain rows: the records of the trace and of
 * nearby traces, the texts of their prompts and plans, and the claims on the trace's instances. It decides nothing.
 *
 * Parameters: `trace` and `span` (hex) and `happened`, the act at the centre and its time; `recorded`.
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
FROM whodid.v_spans
WHERE ${isNear}
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY
  (trace_id, span_id) = (about_trace, toFixedString(unhex({span:String}), 8)) DESC,
  (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR input_source != '') DESC,
  trace_id = about_trace DESC,
  abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about_ts)),
  received_at
LIMIT 1 BY trace_id, span_id, channel, exporter, actor_type, instance_id, template_id, delegator_id, user_id, ts, outcome, verb, tool_name, resource_id, commitment, ${evidenceColumns.seal_result}, ${evidenceColumns.seal_token}, ${evidenceColumns.seal_claims}
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
${textBlocksSql}`

/** An array known before the read finds its granules by the sort key, as a set does, and is built once for all reads. */
const isNear = `has(near, (toStartOfHour(ts), trace_id))`

/** The blocks of the texts of prompts and plans, the nearest first. */
const textBlocksSql = `SELECT 'text_block', ${rowSql(textBlockColumns)}
FROM whodid.contents
WHERE ref IN
(
  SELECT text_block
  FROM whodid.v_spans
  WHERE ${isNear}
    AND record_kind IN ('prompt', 'plan') AND bitAnd(text_at, ${textPartBits.content}) != 0
    AND received_at <= {recorded:DateTime64(9, 'UTC')}
  ORDER BY trace_id = about_trace DESC, abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about_ts))
  LIMIT 1 BY text_block
  LIMIT ${textBlocksMax}
)`

/** The most records read to show whether any record of a handle is understood. */
const presentMax = 16

/** The most blocks of prompts read from linked traces. */
const linkedBlocksMax = 32

const isKnown = `received_at <= {recorded:DateTime64(9, 'UTC')}`

const traceOf = (hex: string): string => `toFixedString(unhex(${hex}), 16)`

/** The places of the records in the traces with one of these keys of `whodid.threads`. */
const placesOf = (keys: string): string =>
  `(toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN ${keys})`

/** Selects some records of a trace or under a correlation ID, understood ones first. Parameters: `id`, `recorded`. */
export function presentRecordsSql(kind: 'trace' | 'correlation'): string {
  const id = '{id:String}'
  const name = kind === 'trace' ? traceOf(id) : id
  const column = kind === 'trace' ? 'trace_id' : 'correlation_id'
  return `
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.v_spans
WHERE ${placesOf(`(SELECT sipHash64('${kind}', ${name}))`)} AND ${column} = ${name} AND ${isKnown}
ORDER BY (${understoodSql}) DESC, ts
LIMIT ${presentMax}`
}

const linked = `arrayMap(x -> ${traceOf('x')}, splitByChar(',', {traces:String}))`
/** True for the records of the traces in the parameter `traces` (hex, by comma), as known at `recorded`. */
export const isLinked: string = `${placesOf(`(SELECT arrayJoin(arrayMap(x -> sipHash64('trace', x), ${linked})))`)} AND has(${linked}, trace_id) AND ${isKnown}`

/**
 * Selects the records of linked traces, and the texts of their prompts. Parameters: `traces` (hex, by comma), `most`,
 * `recorded`.
 */
export const linkedRecordsSql: string = `
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.v_spans
WHERE ${isLinked}
ORDER BY (record_kind IN ('session', 'prompt', 'plan', 'delegation', 'tool_call')) DESC, ts
LIMIT {most:UInt32}
UNION ALL
SELECT 'text_block', ${rowSql(textBlockColumns)}
FROM whodid.contents
WHERE ref IN
(
  SELECT text_block
  FROM whodid.v_spans
  WHERE ${isLinked} AND record_kind IN ('prompt', 'plan') AND bitAnd(text_at, ${textPartBits.content}) != 0
  ORDER BY ts
  LIMIT 1 BY text_block
  LIMIT ${linkedBlocksMax}
)`

/** What some records say of orders to stop agents, and their places in the log. Parameters: `traces` and `keys` (hex, by comma), `recorded`. */
export const toldOrdersSql: string = `
SELECT ${evidenceColumns.key} AS ref, exporter, log_id AS log, toString(log_index) AS log_index,
  JSONExtractString(attributes, '${attribute.seenRevocationId}') AS seen,
  JSONExtractString(attributes, '${attribute.revocationId}') AS refused_by
FROM whodid.v_spans
WHERE ${isLinked} AND has(splitByChar(',', {keys:String}), ref)
ORDER BY received_at
LIMIT ${toldMax}`

/** Blocks by their names. Parameters: `refs` (hex, by comma). */
export const soughtTextsSql: string = `
SELECT 'text_block' AS role, ${rowSql(textBlockColumns)} AS record
FROM whodid.contents
WHERE ref IN (SELECT arrayJoin(arrayMap(x -> toFixedString(unhex(x), 24), splitByChar(',', {refs:String}))))`

const relatedRecords = relatedRecordsSql()

/** The statement that gathers the records related to one act, as the ledger had received them by `as_recorded`. */
export function planRelatedRecords(
  { asRecorded }: Question,
  { key, ts }: Pick<ListedAction, 'key' | 'ts'>,
  tenant: string,
): Statement {
  return {
    sql: relatedRecords,
    parameters: {
      trace: key.slice(0, 32),
      span: key.slice(33),
      happened: ts,
      recorded: asRecorded === null ? latest : toDateTime64(asRecorded),
    },
    tenant,
  }
}
