-- The acts by time, for dashboards: one row a record of an act, in the order of the ledger's sort key, so that an hour is read and not a
-- month. `whodid.v_actions` has them by resource. Records of one act (the intent, the call, the server's side) share `act` where they
-- carry an action ID. `verdict` is of the record's own claims; the API also follows its ancestors. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_acts
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, end_ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    if(action_id = '', concat(lower(hex(trace_id)), '-', lower(hex(span_id))), action_id) AS act,
    record_kind, verb, outcome, tool_name, tool_call_id, resource_id, action_id, actor_type, channel, template_id, instance_id,
    instance_parent_id, user_id, service_name, delegator_id, delegator_type, correlation_id, credential_id, credential_type,
    credential_subject, credential_borrowed, prompt_ref,
    multiIf(
        channel = 'unentitled', 'undetermined',
        actor_type = 'agent' AND (template_id != '' OR (instance_id != '' AND instance_rule NOT IN ('session_id', 'resource.service_name'))), 'agent',
        actor_type = 'human' AND user_id != '' AND instance_id = '', 'human',
        actor_type = 'service' AND service_name != '', 'service',
        'undetermined') AS verdict,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge') AS destructive,
    verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge', 'approve', 'grant', 'send', 'execute') OR credential_borrowed AS privileged
FROM whodid.v_spans
WHERE (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND record_kind != 'approval'
