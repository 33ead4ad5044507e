-- id: missing-delegation
-- version: 1
-- title: An agent used its own power in place of a person's grant
-- severity: low
-- owasp: ASI03
-- atlas: none
-- every: 300
-- question: Which agents act for people with a credential that no grant of the person stands behind?
-- limits: It says how the access is built, not that an act was wrong. One finding a template.
-- advice: Exchange the person's token for one that names both (subject the person, actor the instance), no wider than person and task.
-- expects: 1
SELECT
    concat('template:', template_id) AS subject,
    toString(toDate(ts)) AS hit,
    min(ts) AS acted_at,
    concat('The agent ', template_id, ' changed something for ', any(delegator_id), ' with a credential that carries no grant of theirs.') AS text,
    groupArray(10)(concat(lower(hex(trace_id)), '-', lower(hex(span_id)))) AS spans,
    map('acts', toString(count()), 'people', toString(uniqExact(delegator_id)), 'credentials', toString(uniqExact(credential_id))) AS measured
FROM whodid.v_spans
WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
    AND record_kind IN ('tool_call', 'action') AND actor_type = 'agent' AND template_id != '' AND channel != 'unentitled'
    AND delegator_type = 'human' AND credential_id != '' AND NOT credential_borrowed
    AND delegation_id = '' AND credential_actor = '' AND credential_subject != delegator_id
    AND verb NOT IN ('', 'read') AND outcome = 'success'
GROUP BY template_id, hit
