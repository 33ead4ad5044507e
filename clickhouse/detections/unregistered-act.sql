-- id: unregistered-act
-- version: 1
-- title: An agent did what its template is not registered for
-- severity: medium
-- owasp: ASI02 ASI03
-- atlas: none
-- every: 0
-- question: Which agents acted whose template was not registered then, whose registration had ended, or with a tool that it does not list?
-- limits: Only where the tenant's registry has a template at all. The version is the one in force at the act's own time, at the latest when it was
--   received: a clock that is behind is judged by an older version. A registration that states no tools judges none. Resources are not judged.
-- advice: Register the template, or the tool (`whodid templates register`), if it is meant to be; otherwise stop the agent, and see what it did.
-- expects: 5
SELECT
    concat('instance:', instance_id) AS subject,
    fault AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), multiIf(
        fault = 'unregistered', ' acted, and its template was not registered.',
        fault = 'expired', ' acted after the registration of its template had ended.',
        concat(' used the tool ', any(tool_name), ', which its registration does not list.'))) AS text,
    groupArray(10)(concat(trace, '-', span)) AS spans,
    map('template', any(template_id), 'acts', toString(uniqExact(act)), 'registered_at', if(fault = 'unregistered', '', toString(max(registered_at)))) AS measured
FROM
(
    SELECT
        acts.*, registered.recorded_at AS registered_at,
        multiIf(
            registered.template = '', 'unregistered',
            acts.judged_at >= registered.expires_at, 'expired',
            registered.states_tools AND acts.tool_name != '' AND NOT arrayExists(
                one -> one = acts.tool_name OR (endsWith(one, '*') AND startsWith(acts.tool_name, substring(one, 1, length(one) - 1))),
                registered.tools), concat('tool ', acts.tool_name),
            '') AS fault
    FROM
    (
        SELECT instance_id, template_id, act, ts, trace, span, tool_name, least(ts, received_at) AS judged_at
        FROM whodid.v_acts
        WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
            AND instance_id != '' AND template_id != '' AND actor_type = 'agent' AND channel != 'unentitled' AND outcome NOT IN ('failure', 'denied')
    ) AS acts
    ASOF LEFT JOIN
    (
        SELECT template, recorded_at, expires_at, states_tools, tools FROM whodid.v_registry_templates
    ) AS registered
    ON acts.template_id = registered.template AND acts.judged_at >= registered.recorded_at
    WHERE (SELECT count() FROM whodid.v_registry_templates WHERE recorded_at <= {until:DateTime64(9, 'UTC')}) > 0
)
WHERE fault != ''
GROUP BY instance_id, fault
