-- Runs with the migrator's rights: the writer may insert into whodid.spans and nowhere else.
CREATE MATERIALIZED VIEW IF NOT EXISTS whodid.actions_of_spans TO whodid.actions
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant, resource_id, resource_type, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name,
    action_id, actor_type, channel, template_id, instance_id, user_id, service_name, delegator_id, delegator_type,
    multiIf(actor_type = 'human', user_id, delegator_id != '', delegator_id, actor_type = 'service', service_name, '') AS principal_id,
    template_rule, instance_rule, delegator_rule, correlation_id, credential_id
FROM whodid.spans
WHERE record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != ''
