
SELECT 
  lower(hex(row.trace_id)) AS trace, lower(hex(row.span_id)) AS span,
  row.ts AS ts, row.end_ts AS end_ts, row.received_at AS received_at,
  row.action_id AS action_id, row.record_kind AS record_kind, row.verb AS verb, row.outcome AS outcome,
  row.tool_name AS tool_name, row.resource_id AS resource_id, row.resource_type AS resource_type,
  multiIf(
    row.channel = 'unentitled', 'undetermined',
    row.actor_type = 'agent' AND ((row.instance_id != '' AND row.instance_rule NOT IN ('session_id', 'resource.service_name')) OR row.template_id != ''), 'agent',
    row.actor_type = 'human' AND row.user_id != '' AND row.instance_id = '', 'human',
    row.actor_type = 'service' AND row.service_name != '', 'service',
    'undetermined'
  ) AS verdict,
  multiIf(
    row.channel = 'unentitled' OR (row.actor_type = 'human' AND row.instance_id != ''), 'contradicted',
    (multiIf(
    row.channel = 'unentitled', 'undetermined',
    row.actor_type = 'agent' AND ((row.instance_id != '' AND row.instance_rule NOT IN ('session_id', 'resource.service_name')) OR row.template_id != ''), 'agent',
    row.actor_type = 'human' AND row.user_id != '' AND row.instance_id = '', 'human',
    row.actor_type = 'service' AND row.service_name != '', 'service',
    'undetermined'
  )) = 'undetermined', 'none',
    row.actor_type = 'agent' AND (row.instance_rule != '' OR row.template_rule != '' OR row.delegator_rule != ''), 'inferred',
    row.channel = 'entitled', 'channel',
    'asserted'
  ) AS grade,
  row.template_id AS template_id, row.instance_id AS instance_id, row.instance_rule AS instance_rule, row.user_id AS user_id,
  row.service_name AS service_name, row.delegator_id AS delegator_id, row.delegator_type AS delegator_type,
  row.correlation_id AS correlation_id, row.credential_id AS credential_id
FROM whodid.v_spans AS row
WHERE row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
  AND (row.record_kind IN ('tool_call', 'action') OR row.resource_id != '' OR row.action_id != '')
  AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('credential', {credential:String}))
  AND row.credential_id = {credential:String}
ORDER BY row.ts DESC, row.trace_id DESC, row.span_id DESC, row.received_at
LIMIT {rows:UInt32}