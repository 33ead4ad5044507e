-- id: shadow-agent
-- version: 1
-- title: An agent acts that no record knows
-- severity: medium
-- owasp: ASI10 ASI03
-- atlas: none
-- every: 60
-- needs: imports
-- question: Which acts in other systems' logs carry the mark of an agent, and no record of the ledger joins them?
-- limits: It needs the log (`whodid import`). Five minutes are left for the record to arrive. A client's mark is a claim: a person may use the
--   program by hand, and an agent that hides carries none.
-- advice: Find who runs it (`whodid ghosts`), register it, and start it with `whodid run` or give it the SDK, so that its acts are on record.
-- expects: 3
-- threshold: minutes UInt64 5 minutes that a record may take to arrive
SELECT
    multiIf(person != '', concat('person:', person), credential_id != '', concat('credential:', credential_id), resource_id) AS subject,
    concat(log_system, ' ', mark) AS hit,
    min(ts) AS acted_at,
    concat('The log of ', log_system, ' shows ', toString(count()), ' acts with the mark of an agent, ', mark, ', and no record has them.') AS text,
    groupArray(10)(event) AS spans,
    map(
        'acts', toString(count()), 'mark', mark, 'stated_by', if(max(is_stated), 'the system', 'the client'),
        'operations', arrayStringConcat(arraySort(groupUniqArray(5)(operation)), ', ')) AS measured
FROM
(
    SELECT *, arrayExists(one -> one[1] = 'system', marks) AS is_stated, arrayFirst(one -> one[1] = if(is_stated, 'system', 'client'), marks)[3] AS mark
    FROM whodid.v_event_records(since = {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}), until = {until:DateTime64(9, 'UTC')})
    WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64})
)
WHERE rule = 0 AND notEmpty(marks) AND outcome NOT IN ('failure', 'denied')
GROUP BY subject, log_system, mark
