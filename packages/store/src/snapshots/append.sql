INSERT INTO whodid.contents FORMAT Native;

INSERT INTO whodid.spans (log_id, log_index, received_at, channel, text_block, text_at, tenant, exporter, trace_id, span_id, parent_span_id, ts, end_ts, record_kind, actor_type, template_id, instance_id, delegator_id, user_id, correlation_id, credential_id, action_id, verb, outcome, resource_id, tool_name, prompt_ref, commitment, rest, attributes, resource_attributes) FORMAT RowBinary
