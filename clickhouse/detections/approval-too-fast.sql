-- id: approval-too-fast
-- version: 1
-- title: A person approved faster than anybody can read
-- severity: medium
-- owasp: ASI09
-- atlas: none
-- every: 0
-- question: Which approvals of a person came within two seconds of the request for them?
-- limits: It needs the request on record (`require_approval`) in the same trace. Approvals by policy are no person's, and not judged.
-- advice: Show the approver what will run and what it touches; ask for fewer approvals, of what matters.
-- expects: 1
-- threshold: seconds_min Float64 2 seconds that reading takes
SELECT
    concat('person:', approver_id) AS subject,
    concat(ref, ' ', covers) AS hit,
    ts AS acted_at,
    concat(approver_id, ' approved ', covers, ' ', toString(dateDiff('millisecond', asked_at, ts)), ' ms after it was asked for.') AS text,
    [ref, asked_ref] AS spans,
    map('milliseconds', toString(dateDiff('millisecond', asked_at, ts)), 'covers', covers, 'instance', instance_id) AS measured
FROM
(
    SELECT trace_id, covers, ts, approver_id, instance_id, concat(trace, '-', span) AS ref
    FROM whodid.v_approvals
    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
        AND decision = 'allow' AND approver_id != '' AND source NOT IN ('policy', 'config', 'classifier', 'timeout') AND covers != 'tool:'
) AS allowed
ASOF INNER JOIN
(
    SELECT trace_id AS asked_trace, covers AS asked_covers, ts AS asked_at, concat(trace, '-', span) AS asked_ref
    FROM whodid.v_approvals
    WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 1 HOUR AND received_at <= {until:DateTime64(9, 'UTC')}
        AND decision = 'require_approval'
) AS asked
ON allowed.trace_id = asked.asked_trace AND allowed.covers = asked.asked_covers AND allowed.ts >= asked.asked_at
WHERE dateDiff('millisecond', asked_at, ts) < 1000 * {seconds_min:Float64}
