
SELECT lower(concat(hex(row.trace_id), '-', hex(row.span_id))) AS span, row.exporter AS exporter, row.log_id AS log, toString(row.log_index) AS log_index, hex(SHA256(concat(formatRow('RowBinary', toFixedString(unhex('00574402'), 4), row.log_id, row.log_index, toUnixTimestamp64Nano(row.received_at), row.channel, row.text_block, row.text_at), SHA256(formatRow('RowBinary', row.tenant, row.exporter, row.trace_id, row.span_id, row.parent_span_id, toUnixTimestamp64Nano(row.ts), toUnixTimestamp64Nano(row.end_ts), row.record_kind, row.actor_type, row.template_id, row.instance_id, row.delegator_id, row.user_id, row.correlation_id, row.credential_id, row.action_id, row.verb, row.outcome, row.resource_id, row.tool_name, row.prompt_ref, row.commitment, row.rest, row.attributes, row.resource_attributes))))) AS leaf
FROM whodid.spans AS row
WHERE (toStartOfHour(row.ts), row.trace_id) IN (
    SELECT hour, trace_id FROM whodid.threads
    WHERE key IN (SELECT arrayJoin(arrayMap(x -> sipHash64('trace', toFixedString(unhex(substring(x, 1, 32)), 16)), splitByChar(',', {refs:String}))))
  )
  AND has(splitByChar(',', {refs:String}), span) AND row.received_at <= {at:DateTime64(9, 'UTC')}
ORDER BY row.received_at, row.log_index
LIMIT 256