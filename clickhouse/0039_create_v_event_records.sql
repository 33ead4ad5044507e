-- Which records the imported events are, for events and records received after `since` up to `until`, one row an event; by the rules of
-- `whodid ghosts` (packages/reconcile), strongest first: 1 the span that the client carried, 2 the action's ID, 3 the trace, 4 the instance,
-- 5 the credential, 6 the tool call's ID, 7 the same thing; 0 for none. Rules 3, 4, 5 and 7 want the same verb, and the event within five
-- seconds of the act. Records are looked for in the event's hour and the one before, events in the day before `since`.
--
-- `agent` is the one agent whose act the event is: '' where records name nobody or several, where they differ from the event in outcome or
-- thing, where two like events may be one act, and where nothing but the thing joins them and the account is another. Runs with the caller's
-- rights.
CREATE OR REPLACE VIEW whodid.v_event_records
SQL SECURITY INVOKER
AS
SELECT
    *,
    if(length(actors) = 1 AND actors[1].1 = 'agent' AND unnamed = 0 AND NOT differs AND (rule != 7 OR same_authority) AND rivals = 1, actors[1].2, '') AS agent
FROM
(
    SELECT
        *,
        arrayDistinct(arrayMap(one -> one.act, chosen)) AS acts,
        arrayDistinct(arrayMap(one -> one.span, chosen)) AS record_spans,
        arrayDistinct(arrayMap(one -> (one.verdict, one.actor), arrayFilter(one -> one.verdict != 'undetermined', chosen))) AS actors,
        length(acts) - length(arrayDistinct(arrayMap(one -> one.act, arrayFilter(one -> one.verdict != 'undetermined', chosen)))) AS unnamed,
        arrayExists(one -> one.differs, chosen) AS differs,
        arrayAll(one -> one.same_authority, chosen) AS same_authority,
        greatest(received_at, arrayMax(arrayConcat([received_at], arrayMap(one -> one.received_at, chosen)))) AS complete_at,
        count() OVER (PARTITION BY tenant, log_system, operation, if(rule IN (0, 1, 2, 6) OR length(acts) != 1, event, acts[1])) AS rivals
    FROM
    (
        SELECT
            tenant, event, any(e_ts) AS ts, min(e_received) AS received_at, any(system) AS log_system, any(operation) AS operation, any(e_verb) AS verb,
            any(e_outcome) AS outcome, any(e_resource) AS resource_id, any(person) AS person, any(principal) AS principal, any(e_credential) AS credential_id,
            any(marks) AS marks,
            groupUniqArrayIf(1000)(CAST(
                (rank, act, span, verdict, actor, a_received, differs OR is_unknown_thing, is_same_authority),
                'Tuple(rank UInt8, act String, span String, verdict String, actor String, received_at DateTime64(9, \'UTC\'), differs Bool, same_authority Bool)'),
                is_match) AS matches,
            if(empty(matches), 0, arrayMin(one -> one.rank, matches)) AS rule,
            arrayFilter(one -> one.rank = rule, matches) AS chosen
        FROM
        (
            SELECT
                e.tenant AS tenant, e.event AS event, e.e_ts AS e_ts, e.e_received AS e_received, e.system AS system, e.operation AS operation, e.e_verb AS e_verb,
                e.e_outcome AS e_outcome, e.e_resource AS e_resource, e.person AS person, e.principal AS principal, e.e_credential AS e_credential,
                e.marks AS marks, e.rank AS rank,
                a.act AS act, a.ref AS span, a.verdict AS verdict, a.actor AS actor, a.a_received AS a_received,
                extract(a.a_resource, '^[^:]*:(?://|[^:]*)') = extract(e.e_resource, '^[^:]*:(?://|[^:]*)') AND a.a_resource != e.e_resource AND a.a_resource != '' AND e.e_resource != '' AS is_other_thing,
                is_other_thing OR (e.e_outcome != '' AND ((a.a_outcome = 'success' AND e.e_outcome != 'success') OR (a.a_outcome IN ('failure', 'denied') AND e.e_outcome = 'success'))) AS differs,
                e.rank = 5 AND (e.e_resource = '' OR a.a_resource != e.e_resource) AS is_unknown_thing,
                (e.e_credential != '' AND a.a_credential = e.e_credential) OR (e.person != '' AND lower(e.person) IN (lower(a.user), lower(a.delegator))) AS is_same_authority,
                a.act != '' AND (
                    e.rank IN (1, 2, 6)
                    OR (
                        e.e_ts BETWEEN a.a_ts - INTERVAL 5 SECOND AND a.a_end + INTERVAL 5 SECOND
                        AND e.e_verb = if(c.class = '', lower(a.a_verb), c.class)
                        AND NOT is_other_thing
                        AND (e.rank != 5 OR a.a_resource IN ('', e.e_resource) OR e.e_resource = '')
                        AND (e.rank != 7 OR e.e_credential = '' OR a.a_credential IN ('', e.e_credential)))
                ) AS is_match
            FROM
            (
                SELECT
                    tenant, concat(trace, '-', span) AS event, ts AS e_ts, received_at AS e_received, system, operation, verb AS e_verb, outcome AS e_outcome,
                    resource_id AS e_resource, person, principal, credential_id AS e_credential, marks,
                    arrayJoin(arrayFilter(key -> key.2 != '', [
                        (0, 'event'),
                        (1, if(carried_span = '', '', concat('span ', carried_trace, '-', carried_span))), (2, if(carried_action = '', '', concat('action ', carried_action))),
                        (3, if(carried_trace = '', '', concat('trace ', carried_trace))), (4, if(carried_instance = '', '', concat('instance ', carried_instance))),
                        (5, if(credential_id = '', '', concat('credential ', credential_id))), (6, if(carried_tool_call = '', '', concat('call ', carried_tool_call))),
                        (7, if(resource_id = '', '', concat('thing ', resource_id)))])) AS ranked,
                    ranked.1 AS rank, ranked.2 AS key,
                    -- A name that is in use all the time joins what is of the same minute alone.
                    if(rank IN (0, 1, 2, 6), 0, toUnixTimestamp(ts) DIV 60) AS minute
                FROM whodid.v_imported_events
                WHERE (received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')})
                    OR (
                        received_at <= {since:DateTime64(9, 'UTC')} AND ts > {since:DateTime64(9, 'UTC')} - INTERVAL 1 DAY
                        AND toStartOfHour(ts) IN
                        (
                            SELECT arrayJoin([toStartOfHour(ts), toStartOfHour(ts) + INTERVAL 1 HOUR]) FROM whodid.actions
                            WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                        ))
            ) AS e
            LEFT JOIN
            (
                SELECT
                    tenant, act, concat(trace, '-', span) AS ref, ts AS a_ts, end_ts AS a_end, received_at AS a_received, verb AS a_verb, outcome AS a_outcome,
                    resource_id AS a_resource, credential_id AS a_credential, user_id AS user, delegator_id AS delegator, verdict,
                    multiIf(
                        verdict = 'agent' AND instance_id != '', concat('instance:', instance_id), verdict = 'agent', concat('template:', template_id),
                        verdict = 'human', concat('person:', user_id), verdict = 'service', concat('service:', service_name), '') AS actor,
                    range(toUInt32(toUnixTimestamp(ts - INTERVAL 5 SECOND) DIV 60), toUInt32(least(toUnixTimestamp(end_ts + INTERVAL 5 SECOND), toUnixTimestamp(ts) + 7200) DIV 60) + 1) AS minutes,
                    arrayJoin(arrayFilter(named -> named.1 != '', arrayConcat(
                        [(concat('span ', trace, '-', span), 0), (concat('action ', act), 0), (if(tool_call_id = '', '', concat('call ', tool_call_id)), 0)],
                        arrayFlatten(arrayMap(
                            name -> arrayMap(at -> (name, at), minutes),
                            [
                                concat('trace ', trace), if(instance_id = '', '', concat('instance ', instance_id)),
                                if(credential_id = '', '', concat('credential ', credential_id)), if(resource_id = '', '', concat('thing ', resource_id))]))))) AS named,
                    named.1 AS key, named.2 AS minute
                FROM
                (
                    SELECT * FROM whodid.v_acts
                    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                    UNION ALL
                    SELECT * FROM whodid.v_acts
                    WHERE received_at <= {since:DateTime64(9, 'UTC')}
                        AND toStartOfHour(ts) IN
                        (
                            SELECT arrayJoin([toStartOfHour(ts), toStartOfHour(ts) - INTERVAL 1 HOUR]) FROM whodid.spans
                            WHERE channel = 'imported' AND startsWith(trace_id, unhex('ffffffff'))
                                AND received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')}
                        )
                )
            ) AS a ON e.tenant = a.tenant AND e.key = a.key AND e.minute = a.minute
            LEFT JOIN whodid.v_verb_classes AS c ON c.word = lower(a.a_verb)
        )
        GROUP BY tenant, event
    )
)
WHERE complete_at > {since:DateTime64(9, 'UTC')}
