-- id: new-credential
-- version: 1
-- title: An agent used a credential that it never used before
-- severity: medium
-- owasp: ASI03
-- atlas: AML.T0098
-- every: 60
-- question: Which agents that always use the same few credentials used another?
-- limits: An agent that is given a new credential for each task has no habit, and is not found. A rotated key is a hit.
-- advice: Ask who issued it and to whom. If it was read from a file or an answer, revoke it and the credentials beside it.
-- expects: 1
-- threshold: known_max UInt64 3 credentials that a habit has at most
-- threshold: acts_min UInt64 20 earlier acts that make a habit
-- threshold: days UInt64 30 days looked back
SELECT
    concat('credential:', credential_id) AS subject,
    template_id AS hit,
    first_ts AS acted_at,
    concat('The agent ', template_id, ' used a credential that it had not used in ', toString({days:UInt64}), ' days; it knew ', toString(known), '.') AS text,
    refs AS spans,
    map('known_credentials', toString(known), 'earlier_acts', toString(earlier), 'instance', instance) AS measured
FROM
(
    SELECT
        template_id, credential_id, is_new, first_ts, refs, instance,
        countIf(NOT is_new) OVER (PARTITION BY template_id) AS known,
        sumIf(acts, NOT is_new) OVER (PARTITION BY template_id) AS earlier
    FROM
    (
        SELECT
            template_id, credential_id,
            min(ts) AS first_ts,
            uniqExact(act) AS acts,
            groupArray(10)(concat(trace, '-', span)) AS refs,
            any(instance_id) AS instance,
            min(received_at) > {since:DateTime64(9, 'UTC')} AS is_new
        FROM whodid.v_acts
        WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
            AND credential_id != '' AND template_id != '' AND verdict = 'agent'
            AND template_id IN
            (
                SELECT template_id
                FROM whodid.v_acts
                WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    AND credential_id != '' AND template_id != ''
            )
        GROUP BY template_id, credential_id
    )
)
WHERE is_new AND known <= {known_max:UInt64} AND earlier >= {acts_min:UInt64}
