-- id: redirected-agent
-- version: 3
-- title: An agent read untrusted content and then did what its kind never does
-- severity: high
-- owasp: ASI01
-- atlas: AML.T0051
-- every: 0
-- question: Which instances did something privileged, on a kind of system that their template had not changed before, soon after they read untrusted content?
-- limits: It sees what was done, not what was written: texts are encrypted. The first runs of a new template have no habit, and count.
-- advice: Pause the instance, read the input (`whodid ask`), and require an approval for this verb on this system after untrusted input.
-- expects: 1
-- threshold: minutes UInt64 10 minutes from the reading to the act
-- threshold: days UInt64 14 days of habit
SELECT
    concat('instance:', instance_id) AS subject,
    act AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), ' read ', any(input_source), ' (untrusted) and then did "', any(verb), '" on ', any(resource_id), ', which its kind had not done before.') AS text,
    arrayDistinct(arrayConcat(groupArray(5)(concat(trace, '-', span)), groupArray(5)(input_ref))) AS spans,
    map('input', any(input_source), 'seconds_after', toString(dateDiff('second', min(input_ts), min(ts))), 'verb', any(verb), 'resource', any(resource_id)) AS measured
FROM
(
    SELECT
        instance_id, template_id, act, ts, verb, resource_id, trace, span,
        tuple(template_id, verb, extract(resource_id, '^[^:]*:[^:/]*')) AS habit
    FROM whodid.v_acts
    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
        AND instance_id != '' AND privileged AND verb NOT IN ('', 'read') AND outcome = 'success' AND resource_id != '' AND verdict = 'agent'
) AS acts
ASOF INNER JOIN
(
    SELECT instance_id AS reader, ts AS input_ts, input_source, concat(trace, '-', span) AS input_ref
    FROM whodid.v_inputs
    WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 1 HOUR AND received_at <= {until:DateTime64(9, 'UTC')}
        AND input_trust = 'untrusted' AND instance_id != '' AND channel != 'unentitled'
) AS inputs
ON acts.instance_id = inputs.reader AND acts.ts >= inputs.input_ts
WHERE ts <= input_ts + toIntervalMinute({minutes:UInt64})
    AND habit NOT IN
    (
        SELECT tuple(template_id, verb, extract(resource_id, '^[^:]*:[^:/]*'))
        FROM whodid.v_acts
        WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {since:DateTime64(9, 'UTC')}
            AND privileged AND outcome = 'success'
            AND template_id IN
            (
                SELECT template_id
                FROM whodid.v_inputs
                WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 1 HOUR AND received_at <= {until:DateTime64(9, 'UTC')}
                    AND input_trust = 'untrusted'
            )
    )
GROUP BY instance_id, act
