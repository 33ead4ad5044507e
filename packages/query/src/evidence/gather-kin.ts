import {
  envelopeColumns,
  evidenceColumns,
  instanceClaimColumns,
  rowSql,
} from './evidence-columns.ts'
import { kinMax } from './evidence.ts'

/** Traces looked at around one act, the nearest in time. */
const kinTracesMax = 200

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
export const gatherKinStatement = (): string => `
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
          LIMIT ${kinTracesMax}
        )
      )
      ORDER BY trace_id = about_trace DESC, abs(toInt64(toUnixTimestamp(hour)) - toInt64(toUnixTimestamp(about_ts)))
      LIMIT ${kinTracesMax}
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
LIMIT ${kinMax + 1}
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
