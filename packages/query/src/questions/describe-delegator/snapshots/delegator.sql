
SELECT
  (
    SELECT CAST((
      (
        uniqExactIf(record, (row.actor_type = 'human' OR row.delegator_id = '')), uniqExactIf(record, (row.actor_type = 'human' OR row.delegator_id = '') AND row.channel = 'unentitled'),
        sumMapIf(map(concat(row.outcome, ' ', row.verb), toUInt64(1)), (row.actor_type = 'human' OR row.delegator_id = '')),
        uniqExactIf(cityHash64(row.resource_id), (row.actor_type = 'human' OR row.delegator_id = '') AND row.resource_id != ''),
        minIf(row.ts, (row.actor_type = 'human' OR row.delegator_id = '')), maxIf(row.ts, (row.actor_type = 'human' OR row.delegator_id = '')),
        uniqExactIf(cityHash64(row.template_id, row.instance_id), (row.actor_type = 'human' OR row.delegator_id = '') AND row.channel != 'unentitled')
      ), 
      (
        uniqExactIf(record, (row.actor_type != 'human' AND row.delegator_id != '')), uniqExactIf(record, (row.actor_type != 'human' AND row.delegator_id != '') AND row.channel = 'unentitled'),
        sumMapIf(map(concat(row.outcome, ' ', row.verb), toUInt64(1)), (row.actor_type != 'human' AND row.delegator_id != '')),
        uniqExactIf(cityHash64(row.resource_id), (row.actor_type != 'human' AND row.delegator_id != '') AND row.resource_id != ''),
        minIf(row.ts, (row.actor_type != 'human' AND row.delegator_id != '')), maxIf(row.ts, (row.actor_type != 'human' AND row.delegator_id != '')),
        uniqExactIf(cityHash64(row.template_id, row.instance_id), (row.actor_type != 'human' AND row.delegator_id != '') AND row.channel != 'unentitled')
      )), 'Tuple(direct Tuple(acts UInt64, contradicted UInt64, verbs Map(String, UInt64), resources UInt64, first DateTime64(9, \'UTC\'), last DateTime64(9, \'UTC\'), agents UInt64), delegated Tuple(acts UInt64, contradicted UInt64, verbs Map(String, UInt64), resources UInt64, first DateTime64(9, \'UTC\'), last DateTime64(9, \'UTC\'), agents UInt64))')
    FROM (SELECT *, cityHash64(row.trace_id, row.span_id) AS record FROM whodid.actions AS row WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel FROM whodid.actions AS row
        WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))) AS row
  ) AS totals,
  (
    SELECT groupArray(CAST((template, instance, newest, acts, first, last), 'Tuple(template String, instance String, newest String, acts UInt64, first DateTime64(9, \'UTC\'), last DateTime64(9, \'UTC\'))'))
    FROM
    (
      SELECT
        row.template_id AS template, row.instance_id AS instance, uniqExact(cityHash64(row.trace_id, row.span_id)) AS acts,
        argMax(lower(concat(hex(row.trace_id), '-', hex(row.span_id))), (row.ts, row.span_id)) AS newest, min(row.ts) AS first, max(row.ts) AS last
      FROM whodid.actions AS row
      WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND (row.actor_type != 'human' AND row.delegator_id != '') AND row.channel != 'unentitled' AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel FROM whodid.actions AS row
        WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))
      GROUP BY template, instance
      ORDER BY last DESC, instance
      LIMIT 100
    )
  ) AS agents,
  
  (
    SELECT groupArray(CAST(
      (trace, span, ts, end_ts, received_at, action_id, record_kind, verb, outcome, tool_name, resource_id, resource_type, verdict, grade, template_id, instance_id, instance_rule, user_id, service_name, delegator_id, delegator_type, correlation_id, credential_id),
      'Tuple(trace String, span String, ts DateTime64(9, \'UTC\'), end_ts DateTime64(9, \'UTC\'), received_at DateTime64(9, \'UTC\'), action_id String, record_kind String, verb String, outcome String, tool_name String, resource_id String, resource_type String, verdict String, grade String, template_id String, instance_id String, instance_rule String, user_id String, service_name String, delegator_id String, delegator_type String, correlation_id String, credential_id String)'
    ))
    FROM
    (
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
      FROM whodid.actions AS row
      WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND (row.actor_type = 'human' OR row.delegator_id = '') AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel FROM whodid.actions AS row
        WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))
      ORDER BY row.ts DESC, row.trace_id DESC, row.span_id DESC, row.received_at
      LIMIT {rows:UInt32}
    )
  ) AS latest_direct,
  
  (
    SELECT groupArray(CAST(
      (trace, span, ts, end_ts, received_at, action_id, record_kind, verb, outcome, tool_name, resource_id, resource_type, verdict, grade, template_id, instance_id, instance_rule, user_id, service_name, delegator_id, delegator_type, correlation_id, credential_id),
      'Tuple(trace String, span String, ts DateTime64(9, \'UTC\'), end_ts DateTime64(9, \'UTC\'), received_at DateTime64(9, \'UTC\'), action_id String, record_kind String, verb String, outcome String, tool_name String, resource_id String, resource_type String, verdict String, grade String, template_id String, instance_id String, instance_rule String, user_id String, service_name String, delegator_id String, delegator_type String, correlation_id String, credential_id String)'
    ))
    FROM
    (
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
      FROM whodid.actions AS row
      WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND (row.actor_type != 'human' AND row.delegator_id != '') AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel FROM whodid.actions AS row
        WHERE row.principal_id = {id:String} AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))
      ORDER BY row.ts DESC, row.trace_id DESC, row.span_id DESC, row.received_at
      LIMIT {rows:UInt32}
    )
  ) AS latest_delegated