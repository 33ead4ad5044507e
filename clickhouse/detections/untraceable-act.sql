-- id: untraceable-act
-- version: 1
-- title: Something was destroyed and no record says by whom
-- severity: high
-- owasp: ASI10
-- atlas: AML.T0101
-- every: 0
-- question: Which destructive acts name nobody, neither themselves nor anywhere in their trace?
-- limits: It looks at the trace of the act. `whodid ask` also follows correlations, delegations and links.
-- advice: Ask `whodid ask` and `whodid ghosts` about the resource; then let the system that acted name its agent.
-- expects: 1
SELECT
    concat('resource:', resource_id) AS subject,
    act AS hit,
    min(ts) AS acted_at,
    concat(any(verb), ' of ', resource_id, ' names nobody.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('tool', any(tool_name), 'service', any(service_name)) AS measured
FROM whodid.v_acts
WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND AND received_at <= {until:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND
    AND destructive AND verdict = 'undetermined' AND outcome = 'success' AND resource_id != ''
    AND trace_id NOT IN
    (
        SELECT trace_id
        FROM whodid.v_spans
        WHERE channel != 'unentitled' AND (template_id != '' OR user_id != '' OR (actor_type = 'service' AND service_name != ''))
            AND trace_id IN
            (
                SELECT trace_id
                FROM whodid.v_acts
                WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND AND received_at <= {until:DateTime64(9, 'UTC')} - INTERVAL 60 SECOND
                    AND destructive AND verdict = 'undetermined'
            )
    )
GROUP BY resource_id, act
