import type { Statement } from '@whodid/store'
import { latest, toDateTime64 } from '../../time-bounds.ts'
import type { Question } from '../question.ts'
import {
  envelopeColumns,
  evidenceColumns,
  instanceClaimColumns,
  rowSql,
  understoodSql,
} from './evidence-columns.ts'
import type { ListedAction } from './evidence-record.ts'
import { relatedRecordsMax } from './evidence.ts'

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

const relatedRecords = relatedRecordsSql()

/** The statement that gathers what surrounds one act, as far as the ledger had received it by `as_recorded`. */
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
