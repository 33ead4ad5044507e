-- id: new-domain
-- version: 1
-- title: An agent reached out to a domain that it never reached before
-- severity: medium
-- owasp: ASI01 ASI02
-- atlas: AML.T0086
-- every: 60
-- question: Which agents that reach few domains reached another?
-- limits: It sees resources that are URLs. Systems that Whodid knows by name (`github:…`) are not domains to it. An agent that browses has no habit.
-- advice: See what was sent there (`whodid ask`), block the domain at the egress, and list the domains that the agent may reach.
-- expects: 1
-- threshold: domains_max UInt64 10 domains that a habit has at most
-- threshold: acts_min UInt64 20 earlier acts that make a habit
-- threshold: days UInt64 30 days looked back
SELECT
    concat('template:', template_id) AS subject,
    reached AS hit,
    first_ts AS acted_at,
    concat('The agent ', template_id, ' reached ', reached, ', which it had not reached in ', toString({days:UInt64}), ' days.') AS text,
    refs AS spans,
    map('domain', reached, 'known_domains', toString(known), 'earlier_acts', toString(earlier), 'instance', instance) AS measured
FROM
(
    SELECT
        template_id, reached, is_new, first_ts, refs, instance,
        countIf(NOT is_new) OVER (PARTITION BY template_id) AS known,
        sumIf(acts, NOT is_new) OVER (PARTITION BY template_id) AS earlier
    FROM
    (
        SELECT
            template_id,
            domainWithoutWWW(resource_id) AS reached,
            min(ts) AS first_ts,
            uniqExact(act) AS acts,
            groupArray(10)(concat(trace, '-', span)) AS refs,
            any(instance_id) AS instance,
            min(received_at) > {since:DateTime64(9, 'UTC')} AS is_new
        FROM whodid.v_acts
        WHERE ts > {since:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')}
            AND match(resource_id, '^https?://') AND template_id != '' AND verdict = 'agent'
            AND template_id IN
            (
                SELECT template_id
                FROM whodid.v_acts
                WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    AND match(resource_id, '^https?://') AND template_id != ''
            )
        GROUP BY template_id, reached
    )
)
WHERE is_new AND reached != '' AND known <= {domains_max:UInt64} AND earlier >= {acts_min:UInt64}
