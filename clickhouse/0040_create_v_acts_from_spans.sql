-- The acts by time, for dashboards and detections: the columns and rows of 0016, read from the records themselves. A statement over
-- whodid.v_spans is analysed with all of its sixty columns, whichever it names, and that is most of what a short one costs.
CREATE OR REPLACE VIEW whodid.v_acts
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, end_ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    if(action_id = '', concat(lower(hex(trace_id)), '-', lower(hex(span_id))), action_id) AS act,
    record_kind, verb, outcome, tool_name, cold.tc AS tool_call_id, resource_id, action_id, actor_type, channel, template_id, instance_id,
    cold.ip AS instance_parent_id, user_id, cold.sn AS service_name, delegator_id, cold.dt AS delegator_type, correlation_id, credential_id,
    cold.ct AS credential_type, cold.cs AS credential_subject, cold.cb AS credential_borrowed, prompt_ref,
    multiIf(
        channel = 'unentitled', 'undetermined',
        actor_type = 'agent' AND (template_id != '' OR (instance_id != '' AND cold.ir NOT IN ('session_id', 'resource.service_name'))), 'agent',
        actor_type = 'human' AND user_id != '' AND instance_id = '', 'human',
        actor_type = 'service' AND cold.sn != '', 'service',
        'undetermined') AS verdict,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge') AS destructive,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge', 'approve', 'grant', 'send', 'execute') OR cold.cb AS privileged
FROM
(
    SELECT
        tenant, ts, end_ts, received_at, trace_id, span_id, record_kind, verb, outcome, tool_name, resource_id, action_id, actor_type, channel,
        template_id, instance_id, user_id, delegator_id, correlation_id, credential_id, prompt_ref,
        JSONExtract(rest, 'Tuple(tc String, ip String, sn String, dt String, ct String, cs String, cb Bool, ir String)') AS cold
    FROM whodid.spans
    WHERE (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND record_kind != 'approval'
)
