
WITH
  toFixedString(unhex({trace:String}), 16) AS about_trace,
  {happened:DateTime64(9, 'UTC')} AS about_ts,
  (
    SELECT groupArray((hour, trace_id))
    FROM
    (
      SELECT DISTINCT hour, trace_id FROM whodid.threads
      WHERE key IN
      (
        SELECT arrayJoin(up) FROM whodid.threads
        WHERE key IN
        (
          SELECT sipHash64('trace', trace_id) FROM whodid.threads
          WHERE key IN (SELECT arrayJoin(up) FROM whodid.threads WHERE key = sipHash64('trace', about_trace))
          LIMIT 200
        )
      )
      ORDER BY trace_id = about_trace DESC, abs(toInt64(toUnixTimestamp(hour)) - toInt64(toUnixTimestamp(about_ts)))
      LIMIT 200
    )
  ) AS near
SELECT 'kin' AS role, toJSONString(tuple(lower(concat(hex(trace_id), '-', hex(span_id))), if(parent_span_id = toFixedString('', 8), '', lower(concat(hex(trace_id), '-', hex(parent_span_id)))), ts, end_ts, received_at, record_kind, toString(kind), name, actor_type, channel, exporter, template_id, template_name, template_version, instance_id, toString(sipHash64('instance', instance_id)), instance_parent_id, identity_id, delegator_id, delegator_type, delegator_issuer, delegation_id, delegation_parent_id, delegation_chain, user_id, service_name, correlation_id, signal, session_id, conversation_id, substring(links, 1, 2048), template_rule, instance_rule, delegator_rule, prompt_ref, prompt_origin, prompt_hash, plan_ref, plan_hash, plan_step, seq, tool_name, tool_call_id, approval_decision, action_id, verb, outcome, if(record_kind IN ('tool_call', 'action'), JSONExtractString(attributes, 'whodid.outcome.rule'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.result'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.claims'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.id'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.key'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.token'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.jws'), ''), resource_id, resource_type, input_source, input_trust, input_hash, credential_id, credential_type, credential_subject, credential_actor, credential_issuer, credential_borrowed, credential_scopes, arguments_hash, dropped_count, if(record_kind IN ('prompt', 'plan', 'model_call'), lower(hex(text_block)), ''), if(record_kind IN ('prompt', 'plan', 'model_call'), text_at, 0), if(record_kind IN ('prompt', 'plan', 'model_call'), lower(hex(commitment)), ''), log_id, toString(log_index), hex(SHA256(concat(formatRow('RowBinary', toFixedString(unhex('00574402'), 4), v_spans.log_id, v_spans.log_index, toUnixTimestamp64Nano(v_spans.received_at), v_spans.channel, v_spans.text_block, v_spans.text_at), SHA256(formatRow('RowBinary', v_spans.tenant, v_spans.exporter, v_spans.trace_id, v_spans.span_id, v_spans.parent_span_id, toUnixTimestamp64Nano(v_spans.ts), toUnixTimestamp64Nano(v_spans.end_ts), v_spans.record_kind, v_spans.actor_type, v_spans.template_id, v_spans.instance_id, v_spans.delegator_id, v_spans.user_id, v_spans.correlation_id, v_spans.credential_id, v_spans.action_id, v_spans.verb, v_spans.outcome, v_spans.resource_id, v_spans.tool_name, v_spans.prompt_ref, v_spans.commitment, v_spans.rest, v_spans.attributes, v_spans.resource_attributes))))))) AS record
FROM whodid.v_spans
WHERE has(near, (toStartOfHour(ts), trace_id))
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY
  (trace_id, span_id) = (about_trace, toFixedString(unhex({span:String}), 8)) DESC,
  (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR input_source != '') DESC,
  trace_id = about_trace DESC,
  abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about_ts)),
  received_at
LIMIT 1 BY trace_id, span_id, channel, exporter, actor_type, instance_id, template_id, delegator_id, user_id, ts, outcome, verb, tool_name, resource_id, commitment, if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.result'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.token'), ''), if(startsWith(attributes, '{"whodid.seal.result":'), JSONExtractString(attributes, 'whodid.seal.claims'), '')
LIMIT 4001
UNION ALL
SELECT 'claimed', toJSONString(tuple(toString(key), template_id, exporter, min(received_at)))
FROM whodid.threads
WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key = sipHash64('trace', about_trace))
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
GROUP BY key, template_id, exporter
ORDER BY min(received_at)
LIMIT 1000
UNION ALL
SELECT 'text_block', toJSONString(tuple(lower(hex(ref)), base64Encode(sealed)))
FROM whodid.contents
WHERE ref IN
(
  SELECT text_block
  FROM whodid.v_spans
  WHERE has(near, (toStartOfHour(ts), trace_id))
    AND record_kind IN ('prompt', 'plan') AND bitAnd(text_at, 1) != 0
    AND received_at <= {recorded:DateTime64(9, 'UTC')}
  ORDER BY trace_id = about_trace DESC, abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about_ts))
  LIMIT 1 BY text_block
  LIMIT 64
)