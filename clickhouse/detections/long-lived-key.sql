-- id: long-lived-key
-- version: 1
-- title: An agent's credential lives too long
-- severity: medium
-- owasp: ASI03
-- atlas: AML.T0083
-- every: 300
-- question: Which credentials do agents use that expire in months, or never?
-- limits: It believes the expiry on record. A credential without one is found after it has been in use for a week.
-- advice: Replace it by tokens that expire within minutes and are renewed by proof of the instance's key.
-- expects: 2
-- threshold: days_left_max UInt64 90 days until its end that an agent's credential may have
-- threshold: days_used_max UInt64 7 days that a credential without an end may be in use
SELECT
    concat('credential:', credential_id) AS subject,
    if(expires_at IS NULL, 'never expires', 'expires late') AS hit,
    last_ts AS acted_at,
    if(expires_at IS NULL,
        concat('The agent ', template, ' has used a credential without an end for ', toString(dateDiff('day', first_ts, last_ts)), ' days.'),
        concat('The agent ', template, ' uses a credential that ends in ', toString(dateDiff('day', last_ts, assumeNotNull(expires_at))), ' days.')) AS text,
    refs AS spans,
    map('first_use', toString(first_ts), 'last_use', toString(last_ts), 'expires_at', ifNull(toString(expires_at), 'never')) AS measured
FROM
(
    SELECT
        credential_id,
        any(template_id) AS template,
        min(ts) AS first_ts,
        max(ts) AS last_ts,
        max(parseDateTime64BestEffortOrNull(credential_expires_at, 9, 'UTC')) AS expires_at,
        groupArray(10)(concat(lower(hex(trace_id)), '-', lower(hex(span_id)))) AS refs
    FROM whodid.v_spans
    WHERE ts > {since:DateTime64(9, 'UTC')} - INTERVAL 60 DAY AND received_at <= {until:DateTime64(9, 'UTC')}
        AND actor_type = 'agent'
        AND credential_id IN
        (
            SELECT credential_id
            FROM whodid.v_acts
            WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                AND credential_id != '' AND verdict = 'agent'
        )
    GROUP BY credential_id
)
WHERE (expires_at IS NULL AND dateDiff('day', first_ts, last_ts) > {days_used_max:UInt64})
    OR (expires_at IS NOT NULL AND dateDiff('day', last_ts, expires_at) > {days_left_max:UInt64})
