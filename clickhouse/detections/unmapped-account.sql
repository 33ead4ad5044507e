-- id: unmapped-account
-- version: 1
-- title: An account acted that nobody on record owns
-- severity: medium
-- owasp: ASI03 ASI10
-- atlas: AML.T0012
-- every: 0
-- question: Which credentials changed something without a record that says whose they are?
-- limits: It judges a record by its own claims. `whodid ask` looks further, and may name an actor for the same act.
-- advice: Find the owner of the account, register the agent or service behind it, and let it name itself on each act.
-- expects: 1
SELECT
    concat('credential:', credential_id) AS subject,
    toString(toDate(ts)) AS hit,
    min(ts) AS acted_at,
    concat('A credential changed ', toString(uniqExact(resource_id)), ' resources, and no record says whose it is.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('acts', toString(uniqExact(act)), 'subject_of_credential', any(credential_subject)) AS measured
FROM whodid.v_acts
WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
    AND verdict = 'undetermined' AND credential_id != '' AND delegator_id = ''
    AND verb NOT IN ('', 'read') AND outcome = 'success'
GROUP BY credential_id, hit
