-- id: destructive-burst
-- version: 1
-- title: An agent destroyed many things in minutes
-- severity: high
-- owasp: ASI02 ASI10
-- atlas: AML.T0101
-- every: 0
-- question: Which instances destroyed many resources within ten minutes?
-- limits: Ten minutes are the clock's. An agent that cleans up for a living is a hit: suppress its findings with that reason.
-- advice: Pause the instance, restore what it took, and put destructive verbs behind approvals.
-- expects: 1
-- threshold: resources_min UInt64 10 resources within the ten minutes
SELECT
    concat('instance:', instance_id) AS subject,
    toString(bucket) AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), ' destroyed ', toString(uniqExact(resource_id)), ' resources within ten minutes.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('resources', toString(uniqExact(resource_id)), 'verbs', arrayStringConcat(groupUniqArray(5)(verb), ' ')) AS measured
FROM
(
    SELECT instance_id, template_id, resource_id, verb, ts, trace, span, toStartOfTenMinutes(ts) AS bucket
    FROM whodid.v_acts
    WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 20 MINUTE AND received_at <= {until:DateTime64(9, 'UTC')}
        AND destructive AND outcome = 'success' AND instance_id != '' AND verdict = 'agent' AND resource_id != ''
        AND instance_id IN
        (
            SELECT instance_id
            FROM whodid.v_acts
            WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')} AND destructive
        )
)
GROUP BY instance_id, bucket
HAVING uniqExact(resource_id) >= {resources_min:UInt64}
