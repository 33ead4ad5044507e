-- id: expired-credential
-- version: 1
-- title: A credential was used after its end
-- severity: high
-- owasp: ASI03
-- atlas: AML.T0012
-- every: 0
-- question: Which acts succeeded with a credential whose end had passed?
-- limits: The end and the time of the act are those on record. A minute of difference between clocks is allowed for.
-- advice: The system that took it does not check expiry: repair that first. Then see who kept the credential past its task.
-- expects: 1
-- threshold: skew_seconds UInt64 60 seconds that clocks may differ
SELECT
    concat('credential:', credential_id) AS subject,
    if(instance_id = '', lower(hex(trace_id)), instance_id) AS hit,
    min(ts) AS acted_at,
    concat('The credential ended at ', any(credential_expires_at), ' and was used ', toString(max(dateDiff('second', ends_at, ts))), ' s later.') AS text,
    groupArray(10)(concat(lower(hex(trace_id)), '-', lower(hex(span_id)))) AS spans,
    map('expires_at', any(credential_expires_at), 'acts', toString(count()), 'template', any(template_id)) AS measured
FROM
(
    SELECT
        credential_id, instance_id, trace_id, span_id, ts, template_id, credential_expires_at,
        parseDateTime64BestEffortOrNull(credential_expires_at, 9, 'UTC') AS ends_at
    FROM whodid.v_spans
    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
        AND credential_id != '' AND outcome = 'success' AND record_kind IN ('tool_call', 'action')
)
WHERE ends_at IS NOT NULL AND ts > ends_at + toIntervalSecond({skew_seconds:UInt64})
GROUP BY credential_id, hit
