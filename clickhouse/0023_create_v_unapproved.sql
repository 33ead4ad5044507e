-- The destructive acts between two times (milliseconds since 1970) that succeeded without an approval on record: no `allow` of the same
-- trace, from the hour before to the act's end, covers its action, its call, its resource or its tool. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_unapproved
SQL SECURITY INVOKER
AS
SELECT acts.*
FROM
(
    SELECT *
    FROM whodid.v_acts
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND destructive AND outcome = 'success'
) AS acts
LEFT JOIN
(
    SELECT tenant, trace_id, groupUniqArray(1000)((covers, ts)) AS allowed
    FROM whodid.v_approvals
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64} - 3600000) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND decision = 'allow' AND covers != 'tool:'
    GROUP BY tenant, trace_id
) AS approvals ON acts.tenant = approvals.tenant AND acts.trace_id = approvals.trace_id
WHERE NOT arrayExists(
    one -> one.2 <= acts.end_ts AND has(
        [concat('action:', acts.action_id), concat('call:', acts.tool_call_id), concat('resource:', acts.resource_id), concat('tool:', acts.tool_name)],
        one.1),
    approvals.allowed)
