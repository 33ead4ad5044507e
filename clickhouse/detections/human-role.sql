-- id: human-role
-- version: 1
-- title: A person and an agent use the same credential
-- severity: high
-- owasp: ASI03
-- atlas: AML.T0012
-- every: 300
-- question: Which credentials did a person and an agent both act with in the last 30 days?
-- limits: It needs records of the person's own acts, from the systems that they act on or from imports.
-- advice: Take the credential from the agent. An agent's role must be narrower than any person's, and its acts must not read as theirs.
-- expects: 1
-- threshold: days UInt64 30 days looked back
SELECT
    concat('credential:', credential_id) AS subject,
    arrayStringConcat(arraySort(groupUniqArrayIf(20)(template_id, verdict = 'agent')), ' ') AS hit,
    maxIf(ts, verdict = 'agent') AS acted_at,
    concat('The agent ', anyIf(template_id, verdict = 'agent'), ' acts with a credential that ', anyIf(user_id, verdict = 'human'), ' acts with too.') AS text,
    groupUniqArray(10)(concat(trace, '-', span)) AS spans,
    map('people', arrayStringConcat(arraySort(groupUniqArrayIf(20)(user_id, verdict = 'human')), ' '),
        'agents', arrayStringConcat(arraySort(groupUniqArrayIf(20)(template_id, verdict = 'agent')), ' ')) AS measured
FROM whodid.v_acts
WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
    AND verdict IN ('agent', 'human')
    AND credential_id IN
    (
        SELECT credential_id
        FROM whodid.v_acts
        WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')} AND credential_id != ''
    )
GROUP BY credential_id
HAVING countIf(verdict = 'agent') > 0 AND countIf(verdict = 'human') > 0
