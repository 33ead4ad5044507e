SELECT 'candidate' AS role, toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), ts, received_at, action_id, verb, outcome, record_kind, tool_name, resource_id, actor_type, instance_id, instance_rule, template_id, template_rule, user_id, service_name, channel, false, exporter)) AS record
FROM
(
  SELECT *
  FROM whodid.v_spans
      WHERE (toStartOfHour(ts), trace_id) IN
          (
            SELECT hour, trace_id FROM whodid.threads
            WHERE key = sipHash64('trace', toFixedString(unhex({trace:String}), 16)) AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
          )
        AND trace_id = toFixedString(unhex({trace:String}), 16) AND span_id = toFixedString(unhex({span:String}), 8) AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')} AND true
  ORDER BY multiIf(channel = 'entitled', 0, channel = 'unentitled', 3, actor_type = '' OR (actor_type = 'agent' AND template_id = '' AND instance_id = ''), 1, 2), received_at, ts, span_id
  LIMIT 32 BY multiIf(channel = 'entitled', 0, channel = 'unentitled', 3, actor_type = '' OR (actor_type = 'agent' AND template_id = '' AND instance_id = ''), 1, 2), exporter
  LIMIT 256
)
UNION ALL
SELECT 'listed', toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), ts, received_at, action_id, verb, outcome, record_kind, tool_name, resource_id, actor_type, instance_id, instance_rule, template_id, template_rule, user_id, service_name, channel, false))
FROM
(
  SELECT *
  FROM whodid.v_spans
      WHERE (toStartOfHour(ts), trace_id) IN
          (
            SELECT hour, trace_id FROM whodid.threads
            WHERE key = sipHash64('trace', toFixedString(unhex({trace:String}), 16)) AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
          )
        AND trace_id = toFixedString(unhex({trace:String}), 16) AND span_id = toFixedString(unhex({span:String}), 8) AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')}
  ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id, channel, actor_type, instance_id, template_id, user_id
  LIMIT 201
)