-- id: borrowed-credential
-- version: 1
-- title: An agent acted under a person's credential
-- severity: high
-- owasp: ASI03
-- atlas: AML.T0012
-- every: 0
-- question: Which agents acted with a credential that names a person and no agent?
-- limits: It sees the acts whose record says that the credential was borrowed. A system that recorded the person alone is what `whodid ghosts` is for.
-- advice: Give the agent a credential of its own that names the person as delegator (token exchange with an actor), and revoke the person's.
-- expects: 2
SELECT
    if(credential_id = '', concat('person:', credential_subject), concat('credential:', credential_id)) AS subject,
    if(instance_id = '', concat('template:', template_id), concat('instance:', instance_id)) AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), ' acted under the credential of ', any(credential_subject), ', which names no agent.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('acts', toString(uniqExact(act)), 'person', any(credential_subject), 'credential_type', any(credential_type)) AS measured
FROM whodid.v_acts
WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
    AND credential_borrowed AND verdict = 'agent' AND outcome = 'success' AND (credential_id != '' OR credential_subject != '')
GROUP BY subject, hit
