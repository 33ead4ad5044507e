
SELECT 'kin' AS role, toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), if(parent_span_id = toFixedString('', 8), '', lower(concat(hex(trace_id), '-', hex(parent_span_id)))), ts, end_ts, received_at, record_kind, toString(kind), name, actor_type, channel, exporter, template_id, instance_id, toString(sipHash64('instance', instance_id)), instance_parent_id, delegator_id, delegator_type, delegation_id, delegation_parent_id, delegation_chain, user_id, service_name, correlation_id, signal, session_id, conversation_id, substring(links, 1, 2048), template_rule, instance_rule, delegator_rule, prompt_ref, prompt_origin, tool_name, tool_call_id, approval_decision, action_id, verb, outcome, if(record_kind IN ('tool_call', 'action'), JSONExtractString(attributes, 'whodid.outcome.rule'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.result'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.claims'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.id'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.key'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.token'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.jws'), ''), resource_id, credential_id)) AS record
FROM whodid.v_spans
WHERE (toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('trace', id) FROM (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16) AS id)))
  AND trace_id IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16) AS id)
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY record_kind = 'other', received_at
LIMIT 20001
UNION ALL
SELECT 'claimed', toJSONString(tuple(toString(key), template_id, exporter, min(received_at)))
FROM whodid.threads
WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key IN (SELECT sipHash64('trace', id) FROM (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16) AS id)))
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
GROUP BY key, template_id, exporter
ORDER BY min(received_at)
LIMIT 5000