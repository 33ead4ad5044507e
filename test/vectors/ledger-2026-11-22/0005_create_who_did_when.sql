-- "Who did this?" as one statement: the API asks exactly this view, and so can anyone with a SQL client.
--
-- Parameters: `kind` and `id` of a handle, hex in lower case, resources in their canonical form; `since` and `until`
-- bound the time of the action; `verb` a verb or ''. One row comes back whatever was asked. Runs with the caller's
-- rights, so the caller's row policy decides which tenant is seen. `whodid.who_did` asks it with a handle alone.
--
-- It reads from the top down: chosen → target → kin → trail → claims → verdict. packages/query puts the row into words;
-- nothing there decides anything. Each expression costs the engine's analyzer about a millisecond, whatever is stored:
-- hence few of them, claims graded as one array, and tupleElement(), since a dotted name is looked up among all subcolumns.
CREATE OR REPLACE VIEW whodid.who_did_when
SQL SECURITY INVOKER
AS
WITH
    -- The subject: the newest action on the handle that the verdict may concern, which is a successful one other than a
    -- read, or one with the verb that was asked for. A handle that names one thing concerns that thing however it ended.
    (
        SELECT groupArray(CAST((trace_id, span_id), 'Tuple(trace FixedString(16), span FixedString(8))'))
        FROM
        (
            SELECT trace_id, span_id
            FROM
            (
            SELECT trace_id, span_id, ts, outcome, record_kind
            FROM whodid.actions
            WHERE {kind:String} != 'span'
                AND (
                    ({kind:String} = 'resource' AND resource_id = {id:String})
                    OR ({kind:String} = 'trace' AND trace_id = toFixedString(unhex(if({kind:String} = 'trace', {id:String}, '')), 16))
                    OR ({kind:String} = 'action' AND action_id = {id:String})
                    OR ({kind:String} = 'instance' AND instance_id = {id:String})
                    OR ({kind:String} = 'template' AND template_id = {id:String})
                    OR ({kind:String} = 'delegator' AND principal_id = {id:String})
                    OR ({kind:String} = 'correlation' AND correlation_id = {id:String})
                    OR ({kind:String} = 'credential' AND credential_id = {id:String})
                )
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
                AND ({kind:String} = 'action' OR (outcome = 'success' AND if({verb:String} = '', verb != 'read', verb = {verb:String})))
            UNION ALL
            SELECT trace_id, span_id, ts, outcome, record_kind
            FROM whodid.spans
            WHERE {kind:String} = 'span'
                AND trace_id = toFixedString(unhex(if({kind:String} = 'span', substring({id:String}, 1, 32), '')), 16)
                AND span_id = toFixedString(unhex(if({kind:String} = 'span', substring({id:String}, 34, 16), '')), 8)
            )
            ORDER BY {kind:String} = 'action' AND outcome = 'unknown', ts DESC, record_kind = 'tool_call' DESC, span_id
            LIMIT 1
        )
    ) AS chosen,
    -- What it takes to find the records that can explain it. Two records under the subject's span ID that differ in who
    -- acted are a contradiction, and both are kept. Without a subject the IDs are zero, which no span may have.
    (
        SELECT CAST(
            (
                any(key.trace), any(key.span), countIf(mine),
                uniqExactIf((actor_type, instance_id, template_id, delegator_id, user_id), mine),
                groupUniqArrayIf(16)(instance_id, mine),
                argMinIf(ts, received_at, mine),
                if(argMinIf(correlation_id, received_at, mine) AS correlation = '', '\0', correlation),
                toFixedString(unhex(substring(argMinIf(prompt_ref, received_at, mine AND match(prompt_ref, '^[0-9a-f]{32}-[0-9a-f]{16}$')), 1, 32)), 16),
                groupUniqArray(4000)(parent_span_id)
            ),
            'Tuple(trace FixedString(16), span FixedString(8), versions UInt64, identities UInt64, instances Array(String), ts DateTime64(9, \'UTC\'), correlation String, prompt_trace FixedString(16), parents Array(FixedString(8)))'
        )
        FROM (SELECT *, chosen[1] AS key, span_id = key.span AS mine FROM whodid.spans WHERE trace_id = chosen[1].trace)
    ) AS target,
    -- The newest actions on the handle, the subject among them: what else happened to it.
    listed AS
    (
        SELECT groupArray(CAST(
            (lower(concat(hex(trace_id), '-', hex(span_id))), ts, action_id, verb, outcome, record_kind, resource_id, actor_type, instance_id, template_id, user_id, service_name, channel),
            'Tuple(key String, ts DateTime64(9, \'UTC\'), action String, verb String, outcome String, kind String, resource String, actor_type String, instance String, template String, user String, service String, channel String)'
        )) AS candidates
        FROM
        (
            SELECT *
            FROM whodid.actions
            WHERE {kind:String} != 'span'
                AND (
                    ({kind:String} = 'resource' AND resource_id = {id:String})
                    OR ({kind:String} = 'trace' AND trace_id = toFixedString(unhex(if({kind:String} = 'trace', {id:String}, '')), 16))
                    OR ({kind:String} = 'action' AND action_id = {id:String})
                    OR ({kind:String} = 'instance' AND instance_id = {id:String})
                    OR ({kind:String} = 'template' AND template_id = {id:String})
                    OR ({kind:String} = 'delegator' AND principal_id = {id:String})
                    OR ({kind:String} = 'correlation' AND correlation_id = {id:String})
                    OR ({kind:String} = 'credential' AND credential_id = {id:String})
                )
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
            ORDER BY ts DESC, span_id
            LIMIT 1 BY trace_id, span_id
            LIMIT 201
        )
    ),
    -- Kin: the subject's trace, its prompt's trace and its correlation; structure before detail and near before far, at
    -- most 4,000 records. The first is the subject.
    kindred AS
    (
        SELECT any(about) AS about, groupArray(kin_record) AS kin, groupArrayIf((kin_record.key, kin_record.parent, kin_record.ts, kin_record), is_parent) AS parents
        FROM
        (
            SELECT
                target AS about,
                has(about.parents, span_id) AND trace_id = about.trace AS is_parent,
                CAST(
                    (
                        lower(concat(hex(trace_id), '-', hex(span_id))),
                        if(parent_span_id = toFixedString('', 8), '', lower(concat(hex(trace_id), '-', hex(parent_span_id)))),
                        ts, end_ts, record_kind, name, actor_type, channel, exporter, template_id, template_name,
                        template_version, instance_id, instance_parent_id, identity_id, delegator_id, delegator_type,
                        delegator_issuer, delegation_chain, user_id, service_name, correlation_id, template_rule,
                        instance_rule, delegator_rule, prompt_ref, prompt_origin, prompt_hash, plan_ref, plan_hash,
                        plan_step, seq, tool_name, action_id, verb, outcome, resource_id, resource_type, input_source,
                        input_trust, input_hash, credential_id, credential_type, credential_subject, credential_actor,
                        credential_issuer, credential_borrowed, credential_scopes, dropped_count,
                        '', arguments_hash
                    ),
                    'Tuple(key String, parent String, ts DateTime64(9, \'UTC\'), end_ts DateTime64(9, \'UTC\'), kind String, name String, actor_type String, channel String, exporter String, template String, template_name String, template_version String, instance String, instance_parent String, identity String, delegator String, delegator_type String, delegator_issuer String, delegation_chain Array(String), user String, service String, correlation String, template_rule String, instance_rule String, delegator_rule String, prompt_ref String, prompt_origin String, prompt_hash String, plan_ref String, plan_hash String, plan_step Int64, seq Int64, tool String, action String, verb String, outcome String, resource String, resource_type String, input_source String, input_trust String, input_hash String, credential String, credential_type String, credential_subject String, credential_actor String, credential_issuer String, credential_borrowed Bool, credential_scopes Array(String), dropped UInt32, content String, arguments_hash String)'
                ) AS kin_record
            FROM whodid.spans
            WHERE (trace_id = target.trace OR trace_id = target.prompt_trace OR correlation_id = target.correlation)
                AND about.versions > 0
            ORDER BY
                (trace_id = about.trace AND span_id = about.span) DESC,
                (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR input_source != '' OR is_parent) DESC,
                abs(toUnixTimestamp64Nano(ts) - toUnixTimestamp64Nano(about.ts)),
                received_at
            LIMIT 1 BY trace_id, span_id
            LIMIT 4000
        )
    ),
    -- The trail: the subject, its parent, its parent's parent … at most 64. Only records that are somebody's parent can be
    -- on it: newest first, walked twice, so that a clock that runs ahead does not hide one.
    trailed AS
    (
        SELECT
            about, kin,
            arrayFold(
                (trail, candidate) -> if(candidate.1 = trail[-1].parent AND length(trail) < 64, arrayPushBack(trail, candidate.4), trail),
                arrayConcat(arrayReverseSort(p -> p.3, parents) AS newest, newest),
                [kin[1]]
            ) AS trail,
            arrayFirst(x -> x.actor_type != '', trail) AS actor
        FROM kindred
    ),
    -- Claims: the subject's own, else those of its nearest ancestor that makes one (rule `inherited_from_ancestor`). A
    -- human's or a service's own act inherits nothing. Order: actor, instance, template, delegator.
    claimed AS
    (
        SELECT
            about, kin, trail, actor,
            if(tupleElement(actor, 'actor_type') = 'agent', trail, [actor]) AS speakers,
            arrayFirst(x -> x.instance != '', speakers) AS instance_says,
            arrayFirst(x -> x.template != '', speakers) AS template_says,
            arrayFirst(x -> x.delegator != '' OR x.delegator_type = 'none', speakers) AS delegator_says,
            arrayMap(
                claim -> multiIf(
                    claim.1 = '', 'none',
                    claim.2 = 'unentitled', 'contradicted',
                    claim.3 != trail[1].key OR claim.4 != '', 'inferred',
                    claim.2 = 'entitled', 'channel',
                    'asserted'
                ),
                [
                    (tupleElement(actor, 'actor_type'), tupleElement(actor, 'channel'), tupleElement(actor, 'key'), ''),
                    (tupleElement(instance_says, 'instance'), tupleElement(instance_says, 'channel'), tupleElement(instance_says, 'key'), tupleElement(instance_says, 'instance_rule')),
                    (tupleElement(template_says, 'template'), tupleElement(template_says, 'channel'), tupleElement(template_says, 'key'), tupleElement(template_says, 'template_rule')),
                    (tupleElement(delegator_says, 'delegator'), tupleElement(delegator_says, 'channel'), tupleElement(delegator_says, 'key'), tupleElement(delegator_says, 'delegator_rule'))
                ]
            ) AS claim_grades
        FROM trailed
    ),
    judged AS
    (
        SELECT
            about, kin, trail, actor, instance_says, template_says, delegator_says, claim_grades,
            multiIf(
                tupleElement(about, 'versions') = 0, '',
                tupleElement(about, 'identities') > 1 OR (tupleElement(actor, 'actor_type') = 'human' AND tupleElement(actor, 'instance') != ''), 'conflicting_identity',
                has(claim_grades, 'contradicted'), 'exporter_not_entitled',
                ''
            ) AS contradiction,
            multiIf(
                tupleElement(about, 'versions') = 0 OR contradiction != '', 'undetermined',
                tupleElement(actor, 'actor_type') = 'agent' AND (tupleElement(instance_says, 'instance') != '' OR tupleElement(template_says, 'template') != ''), 'agent',
                tupleElement(actor, 'actor_type') = 'human' AND tupleElement(actor, 'user') != '', 'human',
                tupleElement(actor, 'actor_type') = 'service' AND tupleElement(actor, 'service') != '', 'service',
                'undetermined'
            ) AS decided
        FROM claimed
    )
SELECT
    decided AS verdict,
    -- The weakest of what the verdict rests on; a claim that is absent is a gap, not a link.
    multiIf(
        contradiction != '', 'contradicted',
        decided = 'undetermined', 'none',
        has(if(decided = 'agent', claim_grades, [claim_grades[1]]), 'inferred'), 'inferred',
        has(if(decided = 'agent', claim_grades, [claim_grades[1]]), 'asserted'), 'asserted',
        'channel'
    ) AS grade,
    multiIf(
        decided = 'agent', if(tupleElement(instance_says, 'instance') != '', tupleElement(instance_says, 'instance'), tupleElement(template_says, 'template')),
        decided = 'human', tupleElement(actor, 'user'),
        decided = 'service', tupleElement(actor, 'service'),
        ''
    ) AS actor_id,
    if(decided = 'agent', tupleElement(instance_says, 'instance'), '') AS instance,
    if(decided = 'agent', tupleElement(template_says, 'template'), '') AS template,
    if(decided = 'agent' AND tupleElement(delegator_says, 'delegator_type') != 'none', tupleElement(delegator_says, 'delegator'), '') AS delegator,
    if(decided = 'agent', tupleElement(delegator_says, 'delegator_type'), '') AS delegator_type,
    if(decided = 'agent', tupleElement(delegator_says, 'delegator_issuer'), '') AS delegator_issuer,
    contradiction,
    claim_grades,
    tupleElement(template_says, 'template_name') AS template_name,
    tupleElement(template_says, 'template_version') AS template_version,
    tupleElement(instance_says, 'instance_parent') AS instance_parent,
    tupleElement(instance_says, 'identity') AS identity,
    tupleElement(instance_says, 'delegation_chain') AS delegation_chain,
    trail,
    -- What may explain the subject beside its trail.
    arrayFilter(x -> x.input_source != '' OR x.kind IN ('session', 'prompt', 'plan', 'delegation'), kin) AS evidence,
    -- The sequence numbers of the acting instance up to the subject's: a hole is a record that never came.
    if(
        trail[1].seq < 1 OR trail[1].instance = '', 0,
        trail[1].seq - toInt64(length(arrayDistinct(arrayFilter(
            seq -> seq >= 1 AND seq <= trail[1].seq,
            arrayMap(x -> if(x.instance = trail[1].instance, x.seq, -1), kin)
        ))))
    ) AS sequence_missing,
    length(kin) AS kin_count,
    tupleElement(about, 'versions') AS versions,
    tupleElement(about, 'instances') AS claimed_instances,
    candidates
FROM judged CROSS JOIN listed
