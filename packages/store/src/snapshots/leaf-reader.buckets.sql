SELECT toString(day) AS day, toString(part) AS part
FROM
(
  SELECT day, part, sign, count() AS rows, sum(toUInt64(hash.1)) AS one, sum(toUInt64(hash.2)) AS two
  FROM (SELECT 1 AS sign, toDate(c3) AS day, cityHash64(c1) % {parts:UInt64} AS part,
  (sipHash64Keyed(({key:UInt64}, {other:UInt64}), formatRow('RowBinary', c0, c1, c2, c3, c4)), sipHash64Keyed(({other:UInt64}, {key:UInt64}), formatRow('RowBinary', c0, c1, c2, c3, c4))) AS hash, concat(lower(hex(c1)), '-', lower(hex(c2))) AS span, hex(formatRow('RowBinary', c1, c2, c3)) AS identity FROM (SELECT tenant AS c0, trace_id AS c1, span_id AS c2, received_at AS c3, key AS c4 FROM (WITH JSONExtract(rest, 'Tuple(rt String, sn String, dt String, tr String, ir String, dr String)') AS cold
SELECT
    tenant, resource_id, cold.rt AS resource_type, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name,
    action_id, actor_type, channel, template_id, instance_id, user_id, cold.sn AS service_name, delegator_id,
    cold.dt AS delegator_type,
    multiIf(actor_type = 'human', user_id, delegator_id != '', delegator_id, actor_type = 'service', service_name, '') AS principal_id,
    cold.tr AS template_rule, cold.ir AS instance_rule, cold.dr AS delegator_rule, correlation_id, credential_id
FROM (SELECT * FROM whodid.spans WHERE received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Nano({to:Int64}, 'UTC'))
WHERE record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')) UNION ALL SELECT -1 AS sign, toDate(c3) AS day, cityHash64(c1) % {parts:UInt64} AS part,
  (sipHash64Keyed(({key:UInt64}, {other:UInt64}), formatRow('RowBinary', c0, c1, c2, c3, c4)), sipHash64Keyed(({other:UInt64}, {key:UInt64}), formatRow('RowBinary', c0, c1, c2, c3, c4))) AS hash, concat(lower(hex(c1)), '-', lower(hex(c2))) AS span, hex(formatRow('RowBinary', c1, c2, c3)) AS identity FROM (SELECT tenant AS c0, trace_id AS c1, span_id AS c2, received_at AS c3, key AS c4 FROM whodid.actions WHERE received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Nano({to:Int64}, 'UTC'))) GROUP BY day, part, sign
)
GROUP BY day, part
HAVING sum(rows * sign) != 0 OR sumIf(one, sign = 1) != sumIf(one, sign = -1) OR sumIf(two, sign = 1) != sumIf(two, sign = -1)
ORDER BY day, part 
FORMAT JSONEachRow
