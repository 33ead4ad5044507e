-- id: missing-on-behalf-of
-- version: 1
-- title: An agent changed something for nobody
-- severity: medium
-- owasp: ASI03 ASI10
-- atlas: none
-- every: 0
-- question: Which agents changed something without a record of whom for?
-- limits: A delegator anywhere in the trace counts. An agent that works for a schedule or a service should say so, and is then not found.
-- advice: Pass the person, service or schedule that asked on to the agent (`whodid.delegator.id` and `.type`), from the request on.
-- expects: 1
SELECT
    concat('template:', template_id) AS subject,
    toString(toDate(ts)) AS hit,
    min(ts) AS acted_at,
    concat('The agent ', template_id, ' changed ', toString(uniqExact(resource_id)), ' resources, and no record says for whom.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('acts', toString(uniqExact(act)), 'instances', toString(uniqExact(instance_id))) AS measured
FROM whodid.v_acts
WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND AND received_at <= {until:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND
    AND verdict = 'agent' AND template_id != '' AND delegator_id = '' AND delegator_type = ''
    AND verb NOT IN ('', 'read') AND outcome = 'success'
    AND trace_id NOT IN
    (
        SELECT trace_id
        FROM whodid.v_spans
        WHERE (delegator_id != '' OR delegator_type != '')
            AND trace_id IN
            (
                SELECT trace_id
                FROM whodid.v_acts
                WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND AND received_at <= {until:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND
                    AND verdict = 'agent' AND delegator_id = '' AND verb NOT IN ('', 'read')
            )
    )
GROUP BY template_id, hit
