
SELECT 
  JSONExtractString(row.attributes, 'whodid.registry.template') AS template, row.received_at AS recorded_at, JSONExtractString(row.attributes, 'whodid.registry.recorded_by') AS recorded_by,
  lower(concat(hex(row.trace_id), '-', hex(row.span_id))) AS record, JSONExtractString(row.attributes, 'whodid.registry.definition') AS definition,
  row.log_id AS log, toString(row.log_index) AS log_index, hex(SHA256(concat(formatRow('RowBinary', toFixedString(unhex('00574402'), 4), row.log_id, row.log_index, toUnixTimestamp64Nano(row.received_at), row.channel, row.text_block, row.text_at), SHA256(formatRow('RowBinary', row.tenant, row.exporter, row.trace_id, row.span_id, row.parent_span_id, toUnixTimestamp64Nano(row.ts), toUnixTimestamp64Nano(row.end_ts), row.record_kind, row.actor_type, row.template_id, row.instance_id, row.delegator_id, row.user_id, row.correlation_id, row.credential_id, row.action_id, row.verb, row.outcome, row.resource_id, row.tool_name, row.prompt_ref, row.commitment, row.rest, row.attributes, row.resource_attributes))))) AS leaf

FROM whodid.spans AS row
WHERE row.exporter = 'whodid' AND startsWith(row.action_id, 'whodid:register:') AND row.received_at <= {at:DateTime64(9, 'UTC')}
  AND (toStartOfHour(row.ts), row.trace_id) IN (
    SELECT toStartOfHour(act.ts), act.trace_id FROM whodid.actions AS act
    WHERE act.resource_id >= 'whodid:template:' AND act.resource_id < 'whodid:template;' AND startsWith(act.action_id, 'whodid:register:') AND act.channel = 'entitled' AND act.service_name = 'whodid'
  )
  AND template > {after:String}
ORDER BY template, recorded_at DESC, row.log_index DESC
LIMIT 1 BY template
LIMIT {rows:UInt32}