-- The running agents that records name, each with what is claimed about it. An instance that two senders claim has both in its lists:
-- this view decides nothing. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_instances
SQL SECURITY INVOKER
AS
SELECT
    tenant,
    instance_id,
    min(ts) AS first_ts,
    max(ts) AS last_ts,
    count() AS records,
    countIf(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AS acts,
    arrayFilter(name -> name != '', groupUniqArray(16)(template_id)) AS templates,
    arrayFilter(name -> name != '', groupUniqArray(16)(delegator_id)) AS delegators,
    groupUniqArray(16)(exporter) AS exporters,
    groupUniqArray(channel) AS channels
FROM whodid.spans
WHERE instance_id != ''
GROUP BY tenant, instance_id
