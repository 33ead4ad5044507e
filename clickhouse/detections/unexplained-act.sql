-- id: unexplained-act
-- version: 1
-- title: A credential of agents did what no record explains
-- severity: medium
-- owasp: ASI03 ASI10
-- atlas: AML.T0012
-- every: 60
-- needs: imports
-- question: Which changes in other systems' logs were made with a credential that agents use, and no record of the ledger joins them?
-- limits: It needs the log (`whodid import`) and the credential's ID in it. Five minutes are left for the record to arrive. A person who uses the
--   same credential by hand is a hit: that is the trouble with it.
-- advice: Ask who else holds the credential. If nobody should, revoke it; if an agent does it, let it record what it does.
-- expects: 2
-- threshold: minutes UInt64 5 minutes that a record may take to arrive
-- threshold: days UInt64 30 days looked back for agents that used the credential
SELECT
    concat('credential:', credential_id) AS subject,
    concat(log_system, ' ', toString(toDate(ts))) AS hit,
    min(ts) AS acted_at,
    concat('The log of ', log_system, ' shows ', toString(count()), ' changes with a credential that agents use, and no record has them.') AS text,
    groupArray(10)(event) AS spans,
    map('acts', toString(count()), 'operations', arrayStringConcat(arraySort(groupUniqArray(5)(operation)), ', '), 'resources', toString(uniqExact(resource_id)), 'person', any(person)) AS measured
FROM whodid.v_event_records(since = {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}), until = {until:DateTime64(9, 'UTC')})
WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64})
    AND rule = 0 AND empty(marks) AND verb NOT IN ('', 'read') AND outcome = 'success'
    AND credential_id IN
    (
        SELECT credential_id
        FROM whodid.v_acts
        WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
            AND verdict = 'agent' AND credential_id != ''
    )
GROUP BY credential_id, log_system, hit
