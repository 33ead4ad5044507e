-- id: wider-delegation
-- version: 2
-- title: An agent was given more than the one that started it has
-- severity: high
-- owasp: ASI03 ASI07
-- atlas: AML.T0012
-- every: 0
-- question: Which instances hold scopes that the instance which started them does not hold?
-- limits: It compares scopes by name, as records state them, and only where both instances state some.
-- advice: Let the exchange compute the intersection (person, template, task, parent), and refuse what is wider.
-- expects: 1
-- threshold: scopes_min UInt64 1 scopes beyond the parent's
SELECT
    concat('instance:', child) AS subject,
    arrayStringConcat(beyond, ' ') AS hit,
    acted AS acted_at,
    concat('The instance ', child, ' holds ', toString(length(beyond)), ' scopes that ', parent, ', which started it, does not hold.') AS text,
    refs AS spans,
    map('beyond', arrayStringConcat(arraySlice(beyond, 1, 20), ' '), 'parent', parent) AS measured
FROM
(
    SELECT children.child AS child, children.parent AS parent, acted, arrayDistinct(arrayConcat(refs, held_refs)) AS refs, arraySort(arrayFilter(scope -> NOT has(held, scope), scopes)) AS beyond
    FROM
    (
        SELECT
            instance_id AS child,
            any(instance_parent_id) AS parent,
            min(ts) AS acted,
            groupUniqArrayArray(100)(delegation_scopes) AS scopes,
            groupArray(10)(concat(lower(hex(trace_id)), '-', lower(hex(span_id)))) AS refs
        FROM whodid.v_spans
        WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
            AND instance_id != '' AND instance_parent_id != '' AND notEmpty(delegation_scopes) AND channel != 'unentitled'
        GROUP BY instance_id
    ) AS children
    INNER JOIN
    (
        SELECT
            instance_id AS holder,
            groupUniqArrayArray(1000)(delegation_scopes) AS held,
            groupArray(10)(concat(lower(hex(trace_id)), '-', lower(hex(span_id)))) AS held_refs
        FROM whodid.v_spans
        WHERE received_at > {since:DateTime64(9, 'UTC')} - INTERVAL 1 DAY AND received_at <= {until:DateTime64(9, 'UTC')}
            AND notEmpty(delegation_scopes) AND channel != 'unentitled'
            AND instance_id IN
            (
                SELECT instance_parent_id
                FROM whodid.v_spans
                WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    AND instance_parent_id != '' AND notEmpty(delegation_scopes) AND channel != 'unentitled'
            )
        GROUP BY instance_id
    ) AS parents ON children.parent = parents.holder
)
WHERE length(beyond) >= {scopes_min:UInt64}
