-- id: other-persons-credential
-- version: 1
-- title: An agent that works for one person used another's credential
-- severity: critical
-- owasp: ASI03
-- atlas: AML.T0012 AML.T0083
-- every: 0
-- question: Which agents acted for one person under the credential of another?
-- limits: It compares e-mail addresses only, because other names of one person may differ. Two addresses of one person are a hit.
-- advice: Stop the instance, find where it got the credential (`whodid blast-radius`), and revoke that credential.
-- expects: 1
SELECT
    concat('instance:', instance_id) AS subject,
    concat(credential_id, ' ', credential_subject) AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), ' worked for ', any(delegator_id), ' and used a credential of ', credential_subject, '.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('delegator', any(delegator_id), 'credential', credential_id, 'person', credential_subject) AS measured
FROM whodid.v_acts
WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
    AND verdict = 'agent' AND instance_id != '' AND outcome = 'success' AND delegator_type = 'human'
    AND position(delegator_id, '@') > 1 AND position(credential_subject, '@') > 1
    AND lower(delegator_id) != lower(credential_subject)
GROUP BY instance_id, credential_id, credential_subject
