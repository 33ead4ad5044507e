-- id: tools-per-request
-- version: 1
-- title: A request took far more tools than the agent's requests do
-- severity: medium
-- owasp: ASI01 ASI02
-- atlas: AML.T0053
-- every: 60
-- question: Which requests called several times as many tools as the same agent's requests of the last 14 days?
-- limits: A request is a prompt, or a trace where records name no prompt. An agent with fewer than `requests_min` requests has no habit yet.
-- advice: Read what the agent had read before the first call that is new (`whodid ask`), and pause the instance if it still runs.
-- expects: 1
-- threshold: calls_min UInt64 10 calls of one request
-- threshold: factor Float64 4 times the median of the agent's requests
-- threshold: requests_min UInt64 20 earlier requests that make a habit
SELECT
    concat('template:', template_id) AS subject,
    request AS hit,
    first_ts AS acted_at,
    concat('A request to ', template_id, ' took ', toString(calls), ' tool calls; its requests take ', toString(round(usual, 1)), '.') AS text,
    refs AS spans,
    map('calls', toString(calls), 'median', toString(usual), 'earlier_requests', toString(earlier), 'instance', instance) AS measured
FROM
(
    SELECT
        template_id, request, calls, first_ts, refs, instance, is_new,
        medianExactIf(calls, NOT is_new) OVER (PARTITION BY template_id) AS usual,
        countIf(NOT is_new) OVER (PARTITION BY template_id) AS earlier
    FROM
    (
        SELECT
            template_id,
            if(prompt_ref = '', trace, prompt_ref) AS request,
            uniqExact(act) AS calls,
            min(ts) AS first_ts,
            groupArray(10)(concat(trace, '-', span)) AS refs,
            any(instance_id) AS instance,
            max(received_at) > {since:DateTime64(9, 'UTC')} AS is_new
        FROM whodid.v_acts
        WHERE ts > {since:DateTime64(9, 'UTC')} - INTERVAL 14 DAY AND received_at <= {until:DateTime64(9, 'UTC')}
            AND record_kind = 'tool_call' AND template_id != '' AND verdict = 'agent'
            AND template_id IN
            (
                SELECT template_id
                FROM whodid.v_acts
                WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    AND record_kind = 'tool_call' AND template_id != ''
            )
        GROUP BY template_id, request
    )
)
WHERE is_new AND earlier >= {requests_min:UInt64} AND calls >= {calls_min:UInt64} AND calls >= {factor:Float64} * usual
