
WITH RECURSIVE descent AS
(
  SELECT {id:String} AS id, '' AS parent, toUInt16(0) AS depth
  UNION ALL
  SELECT DISTINCT child.id, child.parent, toUInt16(above.depth + 1)
  FROM
  (
    SELECT DISTINCT row.instance_id AS id, JSONExtractString(row.rest, 'ip') AS parent
    FROM whodid.spans AS row
    WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('parent', id) FROM descent WHERE depth < 16))
      AND parent IN (SELECT id FROM descent WHERE depth < 16)
      AND row.instance_id != '' AND row.instance_id != {id:String} AND row.channel != 'unentitled'
      AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
    LIMIT 1000
  ) AS child
  INNER JOIN descent AS above ON child.parent = above.id
),
(
  SELECT groupArray(CAST((id, parent, depth), 'Tuple(id String, parent String, depth UInt16)'))
  FROM (SELECT id, argMin(descent.parent, descent.depth) AS parent, min(descent.depth) AS depth FROM descent GROUP BY id ORDER BY depth, id LIMIT 1001)
) AS tree
SELECT
  tree,
  (
    SELECT groupArray(CAST((resource, type, touches), 'Tuple(resource String, type String, touches Array(Tuple(verb String, outcome String, grade String, acts UInt64, first DateTime64(9, \'UTC\'), last DateTime64(9, \'UTC\'), instances Array(String), tools Array(String))))'))
    FROM
    (
      SELECT
        resource, any(type) AS type,
        groupArray(64)((verb, outcome, grade, acts, first, last, instances, tools)) AS touches
      FROM
      (
        SELECT
          row.resource_id AS resource, any(row.resource_type) AS type, row.verb AS verb, row.outcome AS outcome,
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
          uniqExact(cityHash64(row.trace_id, row.span_id)) AS acts, min(row.ts) AS first, max(row.ts) AS last,
          groupUniqArray(16)(row.instance_id) AS instances, groupUniqArrayIf(16)(row.tool_name, row.tool_name != '') AS tools
        FROM whodid.v_spans AS row
        WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id)))) AND row.instance_id IN (SELECT arrayJoin(tree.id)) AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.resource_id IN (
          SELECT row.resource_id FROM whodid.v_spans AS row
          WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id)))) AND row.instance_id IN (SELECT arrayJoin(tree.id)) AND row.resource_id != '' AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
          GROUP BY row.resource_id ORDER BY max(row.ts) DESC, row.resource_id LIMIT {rows:UInt32}) AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel, if(row.channel = 'entitled', '', row.exporter)) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel, if(row.channel = 'entitled', '', row.exporter) FROM whodid.v_spans AS row
        WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id)))) AND row.instance_id IN (SELECT arrayJoin(tree.id)) AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))
        GROUP BY resource, verb, outcome, grade
      )
      GROUP BY resource
      ORDER BY max(last) DESC, resource
      LIMIT {rows:UInt32}
    )
  ) AS touched,
  (
    SELECT CAST(
      (uniqExactIf(cityHash64(row.resource_id), row.resource_id != ''), uniqExactIf(cityHash64(row.trace_id, row.span_id), row.resource_id = '')),
      'Tuple(resources UInt64, nameless UInt64)'
    )
    FROM whodid.v_spans AS row
    WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id)))) AND row.instance_id IN (SELECT arrayJoin(tree.id)) AND (row.record_kind IN ('tool_call', 'action') OR row.resource_id != '' OR row.action_id != '') AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel, if(row.channel = 'entitled', '', row.exporter)) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel, if(row.channel = 'entitled', '', row.exporter) FROM whodid.v_spans AS row
        WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id)))) AND row.instance_id IN (SELECT arrayJoin(tree.id)) AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))
  ) AS totals,
  (
    SELECT groupArray(CAST(
      (lower(concat(hex(row.trace_id), '-', hex(row.span_id))), row.resource_id, row.resource_type, row.verb, row.outcome, row.tool_name, row.ts, row.exporter),
      'Tuple(key String, resource String, type String, verb String, outcome String, tool String, ts DateTime64(9, \'UTC\'), exporter String)'
    ))
    FROM (SELECT * FROM whodid.v_spans AS row WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('trace', trace_id) FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id))))) AND row.instance_id = '' AND row.actor_type IN ('', 'agent')
        AND row.resource_id != '' AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} LIMIT 2001) AS row
  ) AS unnamed,
  (
    SELECT groupArray(CAST(
      (
        lower(concat(hex(row.trace_id), '-', hex(row.span_id))),
        if(row.parent_span_id = toFixedString('', 8), '', lower(concat(hex(row.trace_id), '-', hex(row.parent_span_id)))),
        row.actor_type, row.instance_id, row.template_id, row.channel, row.exporter, row.received_at
      ),
      'Tuple(key String, parent String, actor_type String, instance String, template String, channel String, exporter String, received_at DateTime64(9, \'UTC\'))'
    ))
    FROM
    (
      SELECT * FROM whodid.v_spans AS row
      WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('trace', row.trace_id) FROM whodid.v_spans AS row WHERE (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('trace', trace_id) FROM whodid.threads WHERE key IN (SELECT sipHash64('instance', arrayJoin(tree.id))))) AND row.instance_id = '' AND row.actor_type IN ('', 'agent')
        AND row.resource_id != '' AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')})) AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
      LIMIT 20001
    ) AS row
  ) AS links