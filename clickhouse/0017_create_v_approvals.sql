-- The decisions on acts: one row a record that carries one. `covers` is the most specific name of what was decided on: the action, the
-- call, the resource or the tool, with its kind before it. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_approvals
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    approval_id, approval_decision AS decision, approval_source AS source, approver_id, approval_policy_id AS policy_id,
    approval_reason AS reason, verb, outcome, tool_name, resource_id, action_id, template_id, instance_id, delegator_id,
    multiIf(
        action_id != '', concat('action:', action_id),
        tool_call_id != '', concat('call:', tool_call_id),
        resource_id != '', concat('resource:', resource_id),
        concat('tool:', tool_name)) AS covers
FROM whodid.v_spans
WHERE approval_decision != ''
