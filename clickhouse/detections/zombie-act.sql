-- id: zombie-act
-- version: 1
-- title: An agent acted after it was stopped
-- severity: critical
-- owasp: ASI10
-- atlas: none
-- every: 0
-- question: Which agents succeeded with an act after the order to stop or pause them?
-- limits: Orders of the last 7 days, given through Whodid. The times of acts are the emitter's: a clock that is behind hides an act.
-- advice: The order did not reach the agent, or it does not obey. Revoke its credentials where they are issued, and see what it still did.
-- expects: 2
-- threshold: grace_seconds UInt64 5 seconds that an order may take
SELECT
    concat('instance:', instance_id) AS subject,
    order_id AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), ' acted ', toString(dateDiff('second', any(ordered_at), max(ts))), ' s after the order to ', any(action), ' it.') AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('order', any(action), 'target', concat(any(target.1), ':', any(target.2)), 'ordered_at', toString(any(ordered_at)), 'acts', toString(uniqExact(act))) AS measured
FROM
(
    SELECT
        instance_id, template_id, act, ts, trace, span,
        arrayJoin([
            ('instance', instance_id), ('template', template_id), ('delegator', delegator_id),
            ('credential', credential_id), ('parent', instance_parent_id)]) AS target,
        if(target.1 = 'parent', 'instance', target.1) AS target_kind,
        target.2 AS target_id,
        target.1 = 'parent' AS by_parent
    FROM whodid.v_acts
    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
        AND instance_id != '' AND actor_type = 'agent' AND outcome = 'success'
) AS acts
ASOF INNER JOIN
(
    SELECT target_kind, target_id, ts AS ordered_at, action, cascades, revocation_id AS order_id
    FROM whodid.v_revocations
    WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 7 DAY AND received_at <= {until:DateTime64(9, 'UTC')} AND target_id != ''
) AS orders
ON acts.target_kind = orders.target_kind AND acts.target_id = orders.target_id AND acts.ts >= orders.ordered_at
WHERE action IN ('revoke', 'pause') AND (cascades OR NOT by_parent)
    AND ts > ordered_at + toIntervalSecond({grace_seconds:UInt64})
GROUP BY instance_id, order_id
