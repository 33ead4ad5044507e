-- The acts as people and dashboards read them: stable, whatever the table beside the records looks like. Runs with the caller's rights,
-- so the caller's row policy decides which tenant is seen.
CREATE OR REPLACE VIEW whodid.v_actions
SQL SECURITY INVOKER
AS
SELECT
    tenant, resource_id, resource_type, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name, action_id,
    actor_type, channel, template_id, instance_id, user_id, service_name, delegator_id, delegator_type, principal_id,
    template_rule, instance_rule, delegator_rule, correlation_id, credential_id
FROM whodid.actions
