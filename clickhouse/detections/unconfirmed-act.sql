-- id: unconfirmed-act
-- version: 1
-- title: An agent reported an act that the system's own log does not have
-- severity: high
-- owasp: ASI09 ASI10
-- atlas: none
-- every: 60
-- needs: imports
-- question: Which acts do agents report as done, that a log which declares to have them all does not have?
-- limits: It needs an import with `--covers` of the period. Five minutes are left for the log's events to arrive. A record that comes after the
--   declaration is found by `whodid ghosts` alone. A log that samples contradicts nothing.
-- advice: Look at the resource itself. Either the agent told what it did not do, or the declaration promises more than the log holds.
-- expects: 1
-- threshold: minutes UInt64 5 minutes that the log's events may take to arrive
SELECT
    concat('instance:', instance_id) AS subject,
    act AS hit,
    min(ts) AS acted_at,
    concat('The agent ', any(template_id), ' reported "', any(verb), '" on ', any(resource_id), ' as done, and the log of ', any(log_system), ' does not have it.') AS text,
    arrayDistinct(arrayConcat(arrayFlatten(groupArray(3)(spans)), groupArray(2)(declaration))) AS spans,
    map('verb', any(verb), 'resource', any(resource_id), 'declared_by', any(declaration)) AS measured
FROM
(
    SELECT
        act, any(instance) AS instance_id, any(template) AS template_id, any(act_verb) AS verb, any(resource) AS resource_id,
        min(started) AS ts, max(ended) AS end_ts, groupUniqArray(5)(ref) AS spans,
        max(key NOT LIKE 'about %' AND notEmpty(times)) AS is_seen, arrayFlatten(groupArrayIf(times, key LIKE 'about %')) AS seen_at
    FROM
    (
        SELECT
            act, concat(trace, '-', span) AS ref, ts AS started, end_ts AS ended, verb AS act_verb, resource_id AS resource, instance_id AS instance, template_id AS template,
            arrayJoin([concat('span ', trace, '-', span), concat('action ', act), if(tool_call_id = '', '', concat('call ', tool_call_id)),
                concat('about ', resource_id), concat('about trace ', trace), concat('about instance ', instance_id), concat('about credential ', credential_id)]) AS key
        FROM whodid.v_acts
        WHERE received_at <= {until:DateTime64(9, 'UTC')} AND verdict = 'agent' AND instance_id != '' AND outcome = 'success' AND resource_id != ''
            AND ts >= (SELECT min(covers_from) FROM whodid.v_import_coverages WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}))
            AND ts <= (SELECT max(covers_to) FROM whodid.v_import_coverages WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}))
    ) AS acts
    LEFT JOIN
    (
        SELECT
            arrayJoin(arrayFilter(key -> key != '', [
                if(carried_span = '', '', concat('span ', carried_trace, '-', carried_span)), if(carried_action = '', '', concat('action ', carried_action)),
                if(carried_tool_call = '', '', concat('call ', carried_tool_call)), if(resource_id = '', '', concat('about ', resource_id)),
                if(carried_trace = '', '', concat('about trace ', carried_trace)), if(carried_instance = '', '', concat('about instance ', carried_instance)),
                if(credential_id = '', '', concat('about credential ', credential_id))])) AS name,
            groupArray(10000)(ts) AS times
        FROM whodid.v_imported_events
        WHERE received_at <= {until:DateTime64(9, 'UTC')}
            AND ts >= (SELECT min(covers_from) FROM whodid.v_import_coverages WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64})) - INTERVAL 1 HOUR
            AND ts <= (SELECT max(covers_to) FROM whodid.v_import_coverages WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64})) + INTERVAL 1 HOUR
        GROUP BY name
    ) AS events ON acts.key = events.name
    GROUP BY act
) AS reported
LEFT JOIN whodid.v_verb_classes AS classes ON classes.word = lower(reported.verb)
CROSS JOIN
(
    SELECT declaration, log_system, covers_from, covers_to, verbs, arrayJoin(resources) AS beginning, toInt64(delay_seconds * 1000) AS delay_ms, toInt64(clock_error_seconds * 1000) AS error_ms
    FROM whodid.v_import_coverages
    WHERE received_at > {since:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64}) AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64})
        AND sampling = 1
) AS declared
WHERE beginning != '' AND startsWith(resource_id, beginning)
    AND (substring(beginning, -1) IN (':', '/') OR substring(resource_id, length(beginning) + 1, 1) IN ('', '/', ':'))
    AND if(empty(verbs), if(classes.class = '', lower(verb), classes.class) NOT IN ('', 'read'), hasAny(verbs, [verb, classes.class]))
    AND ts - toIntervalMillisecond(error_ms) >= covers_from
    AND end_ts + toIntervalMillisecond(error_ms + delay_ms) <= covers_to
    AND NOT is_seen
    AND NOT arrayExists(at -> at BETWEEN ts - toIntervalMillisecond(error_ms) AND end_ts + toIntervalMillisecond(error_ms), seen_at)
GROUP BY instance_id, act
