
SELECT
  (
    SELECT CAST(
      (
        count(), min(row.ts), max(row.ts),
        groupUniqArrayIf(16)(CAST((row.template_id, row.template_name, row.template_version), 'Tuple(id String, name String, version String)'), row.template_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(row.instance_parent_id, row.instance_parent_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(row.identity_id, row.identity_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(CAST((row.delegator_id, row.delegator_type), 'Tuple(id String, type String)'), row.delegator_id != '' AND row.channel != 'unentitled'),
        groupUniqArrayIf(16)(row.correlation_id, row.correlation_id != '' AND row.channel != 'unentitled'),
        groupUniqArray(16)(CAST((row.exporter, row.channel), 'Tuple(name String, channel String)')),
        sumMap(map(CAST(row.record_kind, 'String'), toUInt64(1))),
        maxIf(row.seq, row.seq >= 1 AND row.channel != 'unentitled') - toInt64(uniqExactIf(row.seq, row.seq >= 1 AND row.channel != 'unentitled'))
      ),
      'Tuple(records UInt64, first DateTime64(9, \'UTC\'), last DateTime64(9, \'UTC\'), templates Array(Tuple(id String, name String, version String)), parents Array(String), identities Array(String), delegators Array(Tuple(id String, type String)), correlations Array(String), exporters Array(Tuple(name String, channel String)), kinds Map(String, UInt64), sequence_missing Int64)'
    )
    FROM whodid.v_spans AS row
    WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String})) AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
  ) AS about,
  (
    SELECT groupUniqArray(100)(CAST((row.instance_id, row.template_id), 'Tuple(id String, template String)'))
    FROM whodid.v_spans AS row
    WHERE row.instance_parent_id = {id:String} AND row.instance_id != '' AND row.channel != 'unentitled' AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
  ) AS children,
  (
    SELECT groupArray(entry)
    FROM
    (
      SELECT CAST(
        (
          lower(hex(row.trace_id)), lower(hex(row.span_id)),
          if(row.parent_span_id = toFixedString('', 8), '', lower(concat(hex(row.trace_id), '-', hex(row.parent_span_id)))),
          row.ts, row.end_ts, row.received_at, row.record_kind, row.name, row.seq, row.tool_name, row.verb, row.outcome,
          row.resource_id, row.prompt_ref, row.input_source, row.input_trust, row.approval_decision,
          multiIf(row.channel = 'unentitled', 'contradicted', row.instance_rule != '', 'inferred', row.channel = 'entitled', 'channel', 'asserted')
        ),
        'Tuple(trace String, span String, parent String, ts DateTime64(9, \'UTC\'), end_ts DateTime64(9, \'UTC\'), received_at DateTime64(9, \'UTC\'), kind String, name String, seq Int64, tool String, verb String, outcome String, resource String, prompt String, input_source String, input_trust String, approval String, grade String)'
      ) AS entry
      FROM whodid.v_spans AS row
      WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String})) AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND (row.outcome != 'unknown' OR row.action_id = '' OR (row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel, if(row.channel = 'entitled', '', row.exporter)) NOT IN (
        SELECT row.action_id, row.instance_id, row.template_id, row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, ''), row.channel, if(row.channel = 'entitled', '', row.exporter) FROM whodid.v_spans AS row
        WHERE row.instance_id = {id:String} AND (toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('instance', {id:String})) AND row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))
      AND row.ts >= {after_ts:DateTime64(9, 'UTC')}
      AND (row.ts, row.trace_id, row.span_id) > (
        {after_ts:DateTime64(9, 'UTC')}, toFixedString(unhex({after_trace:String}), 16), toFixedString(unhex({after_span:String}), 8)
      )
      ORDER BY row.ts, row.trace_id, row.span_id, row.received_at
      LIMIT {rows:UInt32}
    )
  ) AS entries