SELECT 'candidate' AS role, toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), ts, received_at, action_id, verb, outcome, record_kind, tool_name, resource_id, actor_type, instance_id, instance_rule, template_id, template_rule, user_id, service_name, channel, (outcome = 'success' AND if({verb:String} = '', verb != 'read', verb = {verb:String})) = 1, exporter)) AS record
FROM
(
  SELECT *
  FROM whodid.v_spans
      WHERE (toStartOfHour(ts), trace_id) IN
          (
            SELECT hour, trace_id FROM whodid.threads
            WHERE key = sipHash64('session', {id:String}) AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
          )
        AND session_id = {id:String} AND (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')} AND outcome NOT IN ('failure', 'denied') AND if({verb:String} = '', verb != 'read', verb = {verb:String})
  ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id, outcome, channel, actor_type, instance_id, template_id
  LIMIT 64
)
UNION ALL
SELECT 'listed', toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), ts, received_at, action_id, verb, outcome, record_kind, tool_name, resource_id, actor_type, instance_id, instance_rule, template_id, template_rule, user_id, service_name, channel, (outcome = 'success' AND if({verb:String} = '', verb != 'read', verb = {verb:String})) = 1))
FROM
(
  SELECT *
  FROM whodid.v_spans
      WHERE (toStartOfHour(ts), trace_id) IN
          (
            SELECT hour, trace_id FROM whodid.threads
            WHERE key = sipHash64('session', {id:String}) AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
          )
        AND session_id = {id:String} AND (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')}
  ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
  LIMIT 1 BY trace_id, span_id, tool_name, verb, resource_id, channel, actor_type, instance_id, template_id, user_id
  LIMIT 201
)
UNION ALL
SELECT 'inheriting' AS role, toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), ts, received_at, action_id, verb, outcome, record_kind, tool_name, resource_id, actor_type, instance_id, instance_rule, template_id, template_rule, user_id, service_name, channel, (outcome = 'success' AND if({verb:String} = '', verb != 'read', verb = {verb:String})) = 1)) AS record
FROM
(
  SELECT *
  FROM whodid.v_spans
  WHERE (toStartOfHour(ts), trace_id) IN
      (
        SELECT arrayJoin(hours) AS hour, trace_id
        FROM
        (
          SELECT trace_id, groupUniqArray(hour) AS hours
          FROM (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('session', {id:String}) AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')} ORDER BY key DESC, hour DESC LIMIT (SELECT if(rows < 256 OR traces >= 32, 256, least(65536, intDiv(65536, greatest(traces, 1)))) FROM (SELECT count() AS rows, uniqExact(trace_id) AS traces FROM (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('session', {id:String}) AND hour <= {until:DateTime64(9, 'UTC')}
          AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')} ORDER BY key DESC, hour DESC LIMIT 256))))
          GROUP BY trace_id
          ORDER BY max(hour) DESC, trace_id
          LIMIT 32
        )
      )
    AND (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND session_id = '' AND outcome NOT IN ('failure', 'denied') AND if({verb:String} = '', verb != 'read', verb = {verb:String}) AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND received_at <= {recorded:DateTime64(9, 'UTC')}
  ORDER BY least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
  LIMIT 1 BY trace_id, span_id
  LIMIT 64
)