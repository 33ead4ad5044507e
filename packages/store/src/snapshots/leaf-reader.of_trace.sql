SELECT s.log_id AS log, toString(s.log_index) AS place, s.tenant AS owner,
  lower(concat(hex(s.trace_id), '-', hex(s.span_id))) AS span,
  toString(toUnixTimestamp64Nano(s.received_at)) AS received, lower(hex(SHA256(concat(formatRow('RowBinary', toFixedString(unhex('00574402'), 4), s.log_id, s.log_index, toUnixTimestamp64Nano(s.received_at), s.channel, s.text_block, s.text_at), SHA256(formatRow('RowBinary', s.tenant, s.exporter, s.trace_id, s.span_id, s.parent_span_id, toUnixTimestamp64Nano(s.ts), toUnixTimestamp64Nano(s.end_ts), s.record_kind, s.actor_type, s.template_id, s.instance_id, s.delegator_id, s.user_id, s.correlation_id, s.credential_id, s.action_id, s.verb, s.outcome, s.resource_id, s.tool_name, s.prompt_ref, s.commitment, s.rest, s.attributes, s.resource_attributes)))))) AS leaf FROM whodid.spans AS s
WHERE s.trace_id IN (SELECT t.trace_id FROM whodid.v_spans AS t WHERE t.trace_id = toFixedString(unhex({id:String}), 16))
ORDER BY s.log_id, s.log_index LIMIT 10000 
FORMAT JSONEachRow
