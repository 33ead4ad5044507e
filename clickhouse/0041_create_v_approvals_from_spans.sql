-- The decisions on acts: the columns and rows of 0017, read from the records themselves, as 0040 reads acts.
CREATE OR REPLACE VIEW whodid.v_approvals
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    cold.ai AS approval_id, cold.ad AS decision, cold.as AS source, cold.av AS approver_id, cold.ap AS policy_id,
    cold.ar AS reason, verb, outcome, tool_name, resource_id, action_id, template_id, instance_id, delegator_id,
    multiIf(
        action_id != '', concat('action:', action_id),
        cold.tc != '', concat('call:', cold.tc),
        resource_id != '', concat('resource:', resource_id),
        concat('tool:', tool_name)) AS covers
FROM
(
    SELECT
        tenant, ts, received_at, trace_id, span_id, verb, outcome, tool_name, resource_id, action_id, template_id, instance_id, delegator_id,
        JSONExtract(rest, 'Tuple(ai String, ad String, as String, av String, ap String, ar String, tc String)') AS cold
    FROM whodid.spans
)
WHERE cold.ad != ''
