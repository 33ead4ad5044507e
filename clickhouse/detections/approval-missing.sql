-- id: approval-missing
-- version: 1
-- title: An agent destroyed something without an approval on record
-- severity: medium
-- owasp: ASI02 ASI09
-- atlas: AML.T0101
-- every: 0
-- question: Which destructive acts of agents succeeded without an approval of that action, call, resource or tool?
-- limits: An approval counts in the trace of the act, within the hour before. Acts in a house that records no approvals are all found: suppress the rule's findings, or record approvals.
-- advice: Ask for an approval of the exact call before it runs, and record it (`approval` of the SDK, the hooks of coding agents).
-- expects: 1
SELECT
    concat('instance:', instance_id) AS subject,
    act AS hit,
    acts_ts AS acted_at,
    concat('The agent ', template, ' did "', done, '" on ', resource, ' without an approval on record.') AS text,
    [ref] AS spans,
    map('verb', done, 'resource', resource, 'tool', tool) AS measured
FROM
(
    SELECT
        instance_id, act, trace_id, any(template_id) AS template, any(verb) AS done, any(resource_id) AS resource, any(tool_name) AS tool,
        min(ts) AS acts_ts, max(end_ts) AS acts_end, any(concat(trace, '-', span)) AS ref,
        arrayDistinct(arrayFlatten(groupArray([
            concat('action:', action_id), concat('call:', tool_call_id), concat('resource:', resource_id), concat('tool:', tool_name)]))) AS names
    FROM whodid.v_acts
    WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND AND received_at <= {until:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND
        AND destructive AND outcome = 'success' AND verdict = 'agent' AND instance_id != ''
    GROUP BY instance_id, act, trace_id
) AS acts
LEFT JOIN
(
    SELECT trace_id, groupUniqArray(1000)((covers, ts)) AS allowed
    FROM whodid.v_approvals
    WHERE decision = 'allow' AND covers != 'tool:'
        AND trace_id IN
        (
            SELECT trace_id
            FROM whodid.v_acts
            WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND AND received_at <= {until:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND
                AND destructive AND outcome = 'success'
        )
    GROUP BY trace_id
) AS approvals ON acts.trace_id = approvals.trace_id
WHERE NOT arrayExists(one -> one.2 <= acts_end AND one.2 >= acts_ts - INTERVAL 1 HOUR AND has(names, one.1), allowed)
