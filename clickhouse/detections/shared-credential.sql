-- id: shared-credential
-- version: 1
-- title: Different agents share one credential
-- severity: medium
-- owasp: ASI03
-- atlas: AML.T0012
-- every: 300
-- question: Which credentials did more than one template use in the last 30 days?
-- limits: A credential is known by its ID on record. Two keys of one account are two credentials.
-- advice: Give each agent its own service identity. Until then nobody can say which of them a system's own log means.
-- expects: 1
-- threshold: templates_min UInt64 2 templates that used it
-- threshold: days UInt64 30 days looked back
SELECT
    concat('credential:', credential_id) AS subject,
    arrayStringConcat(arraySort(groupUniqArray(20)(template_id)), ' ') AS hit,
    max(ts) AS acted_at,
    concat('The credential was used by ', toString(uniqExact(template_id)), ' different agents.') AS text,
    groupUniqArray(10)(concat(trace, '-', span)) AS spans,
    map('templates', arrayStringConcat(arraySort(groupUniqArray(20)(template_id)), ' ')) AS measured
FROM whodid.v_acts
WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
    AND verdict = 'agent' AND template_id != ''
    AND credential_id IN
    (
        SELECT credential_id
        FROM whodid.v_acts
        WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
            AND credential_id != '' AND verdict = 'agent'
    )
GROUP BY credential_id
HAVING uniqExact(template_id) >= {templates_min:UInt64}
