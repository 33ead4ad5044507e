-- Runs with the migrator's rights: the writer may insert into whodid.spans and nowhere else.
CREATE MATERIALIZED VIEW IF NOT EXISTS whodid.actions_of_spans TO whodid.actions
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH JSONExtract(rest, 'Tuple(rt String, sn String, dt String, tr String, ir String, dr String)') AS cold
SELECT
    tenant, resource_id, cold.rt AS resource_type, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name,
    action_id, actor_type, channel, template_id, instance_id, user_id, cold.sn AS service_name, delegator_id,
    cold.dt AS delegator_type,
    multiIf(actor_type = 'human', user_id, delegator_id != '', delegator_id, actor_type = 'service', service_name, '') AS principal_id,
    cold.tr AS template_rule, cold.ir AS instance_rule, cold.dr AS delegator_rule, correlation_id, credential_id
FROM whodid.spans
WHERE record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != ''
