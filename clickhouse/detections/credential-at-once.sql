-- id: credential-at-once
-- version: 1
-- title: Two running agents used one credential at once
-- severity: high
-- owasp: ASI03
-- atlas: AML.T0083
-- every: 0
-- question: Which credentials did instances that are no kin use within the same five minutes?
-- limits: Kin is an instance and its direct children. Two uses on either side of a five-minute mark are not compared.
-- advice: Issue a credential to each instance when it starts, short-lived and bound to its key; then a second user of it is a thief.
-- expects: 1
-- threshold: families_min UInt64 2 instances that are no kin
SELECT
    concat('credential:', credential_id) AS subject,
    arrayStringConcat(arraySlice(arraySort(arrayDistinct(families)), 1, 2), ' ') AS hit,
    min(first_ts) AS acted_at,
    concat('The credential was used by ', toString(length(arrayDistinct(families))), ' running agents that are no kin, within five minutes.') AS text,
    any(refs) AS spans,
    map('instances', arrayStringConcat(any(instances), ' '), 'families', toString(length(arrayDistinct(families)))) AS measured
FROM
(
    SELECT
        credential_id, bucket,
        groupArray(100)(instance_id) AS instances,
        groupArray(100)(if(parent = '', instance_id, parent)) AS families,
        min(first_use) AS first_ts,
        groupArray(10)(ref) AS refs
    FROM
    (
        SELECT
            credential_id, instance_id, toStartOfFiveMinutes(ts) AS bucket,
            max(instance_parent_id) AS parent, min(ts) AS first_use, any(concat(trace, '-', span)) AS ref
        FROM whodid.v_acts
        WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 10 MINUTE AND received_at <= {until:DateTime64(9, 'UTC')}
            AND instance_id != '' AND verdict = 'agent'
            AND credential_id IN
            (
                SELECT credential_id
                FROM whodid.v_acts
                WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    AND credential_id != '' AND instance_id != ''
            )
        GROUP BY credential_id, instance_id, bucket
    )
    GROUP BY credential_id, bucket
)
WHERE length(arrayDistinct(families)) >= {families_min:UInt64}
GROUP BY subject, hit, families
