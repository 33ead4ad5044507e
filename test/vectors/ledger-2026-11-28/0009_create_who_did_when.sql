-- "Who did this?" as one statement, for anyone with a SQL client. The API decides by more rules (packages/query/src/rules): where
-- this view cannot tell what they would come to it says `undetermined`, and `contradiction` why. It is never sure of something
-- else than the API; a test holds the two against each other over the labelled corpus (docs/ATTRIBUTION.md).
--
-- Parameters: `kind` and `id` of a handle, hex in lower case, resources in their canonical form; `since` and `until`
-- bound the time of the action; `verb` a verb or ''. One row comes back whatever was asked. Runs with the caller's
-- rights, so the caller's row policy decides which tenant is seen. `whodid.who_did` asks it with a handle alone.
--
-- It reads from the top down: chosen → target → kin → trail → way → claims → verdict. Each expression costs the engine's analyzer
-- about a millisecond, whatever is stored: hence few of them, claims graded as one array, and tupleElement(), since a
-- dotted name is looked up among all subcolumns.
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
            SELECT trace_id, span_id, ts, received_at, outcome, record_kind
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
                    OR ({kind:String} = 'tool' AND tool_name = {id:String})
                )
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
                AND ({kind:String} = 'action' OR (outcome = 'success' AND if({verb:String} = '', verb != 'read' AND record_kind != 'approval', verb = {verb:String})))
            UNION ALL
            SELECT trace_id, span_id, ts, received_at, outcome, record_kind
            FROM whodid.spans
            WHERE {kind:String} = 'span'
                AND trace_id = toFixedString(unhex(if({kind:String} = 'span', substring({id:String}, 1, 32), '')), 16)
                AND span_id = toFixedString(unhex(if({kind:String} = 'span', substring({id:String}, 34, 16), '')), 8)
            UNION ALL
            SELECT trace_id, span_id, ts, received_at, outcome, record_kind
            FROM whodid.spans
            WHERE {kind:String} IN ('session', 'conversation', 'prompt')
                AND (toStartOfHour(ts), trace_id) IN
                (
                    SELECT hour, trace_id FROM whodid.threads
                    WHERE key = sipHash64({kind:String}, {id:String})
                        OR ({kind:String} = 'prompt' AND key IN (SELECT sipHash64('prompted', trace_id) FROM whodid.threads WHERE key = sipHash64('prompt', {id:String})))
                )
                AND (
                    ({kind:String} = 'session' AND JSONExtractString(rest, 'si') = {id:String})
                    OR ({kind:String} = 'conversation' AND JSONExtractString(rest, 'ci') = {id:String})
                    OR ({kind:String} = 'prompt' AND prompt_ref IN
                    (
                        SELECT lower(concat(hex(trace_id), '-', hex(span_id))) FROM whodid.spans
                        WHERE (toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key = sipHash64('prompt', {id:String}))
                            AND JSONExtractString(rest, 'ph') = {id:String}
                    ))
                )
                AND (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')
                AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
                AND outcome = 'success' AND if({verb:String} = '', verb != 'read' AND record_kind != 'approval', verb = {verb:String})
            )
            ORDER BY {kind:String} = 'action' AND outcome = 'unknown', least(ts, received_at) DESC, ts DESC, record_kind = 'tool_call' DESC, span_id
            LIMIT 1
        )
    ) AS chosen,
    -- What it takes to find the records that can explain it. Without a subject the IDs are zero, which no span may have.
    (
        SELECT CAST(
            (
                any(key.trace), any(key.span), countIf(mine),
                groupUniqArrayIf(16)(instance_id, mine),
                argMinIf(ts, received_at, mine),
                if(argMinIf(correlation_id, received_at, mine) AS correlation = '', '\0', correlation),
                toFixedString(unhex(substring(argMinIf(prompt_ref, received_at, mine AND match(prompt_ref, '^[0-9a-f]{32}-[0-9a-f]{16}$')), 1, 32)), 16),
                groupUniqArray(4000)(parent_span_id)
            ),
            'Tuple(trace FixedString(16), span FixedString(8), versions UInt64, instances Array(String), ts DateTime64(9, \'UTC\'), correlation String, prompt_trace FixedString(16), parents Array(FixedString(8)))'
        )
        FROM (SELECT parent_span_id, instance_id, ts, received_at, correlation_id, prompt_ref, chosen[1] AS key, span_id = key.span AS mine FROM whodid.spans WHERE trace_id = chosen[1].trace)
    ) AS target,
    -- Records of its trace of which believable senders tell two different things about who acted. A sender that may not speak for
    -- the actor it names is heard where nobody else is.
    (
        SELECT groupArray(lower(concat(hex(chosen[1].trace), '-', hex(span_id))))
        FROM
        (
            SELECT span_id
            FROM (SELECT span_id, channel, actor_type, instance_id, template_id, delegator_id, user_id, JSONExtract(rest, 'Tuple(ir String, tr String, dt String, dr String, sn String)') AS cold FROM whodid.spans WHERE trace_id = chosen[1].trace)
            GROUP BY span_id
            -- Beside an entitled record of the subject none of another channel is heard; above it, whose word goes before is not known here.
            HAVING multiIf(
                countIf(channel != 'unentitled') = 0, uniqExact((actor_type, instance_id, template_id, delegator_id, user_id, cold) AS identity),
                span_id = chosen[1].span AND countIf(channel = 'entitled') > 0, uniqExactIf(identity, channel = 'entitled'),
                uniqExactIf(identity, channel != 'unentitled')
            ) > 1
        )
    ) AS disputed,
    -- Who claims the instances of its trace, anywhere in the ledger, and since when; earliest first.
    (
        SELECT groupArray((key, template_id, exporter, since))
        FROM
        (
            SELECT key, template_id, exporter, min(received_at) AS since
            FROM whodid.threads
            WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key = sipHash64('trace', chosen[1].trace))
                AND template_id != ''
            GROUP BY key, template_id, exporter
            ORDER BY since
            LIMIT 1000
        )
    ) AS claimants,
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
                        ts, end_ts, record_kind, tupleElement(cold, 'n'), actor_type, channel, exporter, template_id, tupleElement(cold, 'tn'),
                        tupleElement(cold, 'tv'), instance_id, tupleElement(cold, 'ip'), tupleElement(cold, 'ii'), delegator_id, tupleElement(cold, 'dt'),
                        tupleElement(cold, 'di'), tupleElement(cold, 'gh'), user_id, tupleElement(cold, 'sn'), correlation_id, tupleElement(cold, 'tr'),
                        tupleElement(cold, 'ir'), tupleElement(cold, 'dr'), prompt_ref, tupleElement(cold, 'po'), tupleElement(cold, 'ph'), tupleElement(cold, 'pr'), tupleElement(cold, 'lh'),
                        ifNull(tupleElement(cold, 'ls'), -1), ifNull(tupleElement(cold, 'q'), -1), tool_name, action_id, verb, outcome, resource_id, tupleElement(cold, 'rt'), tupleElement(cold, 'is'),
                        tupleElement(cold, 'it'), tupleElement(cold, 'ih'), credential_id, tupleElement(cold, 'ct'), tupleElement(cold, 'cs'), tupleElement(cold, 'ca'),
                        tupleElement(cold, 'cr'), tupleElement(cold, 'cb'), tupleElement(cold, 'cc'), tupleElement(cold, 'dc'),
                        '', tupleElement(cold, 'ah')
                    ),
                    'Tuple(key String, parent String, ts DateTime64(9, \'UTC\'), end_ts DateTime64(9, \'UTC\'), kind String, name String, actor_type String, channel String, exporter String, template String, template_name String, template_version String, instance String, instance_parent String, identity String, delegator String, delegator_type String, delegator_issuer String, delegation_chain Array(String), user String, service String, correlation String, template_rule String, instance_rule String, delegator_rule String, prompt_ref String, prompt_origin String, prompt_hash String, plan_ref String, plan_hash String, plan_step Int64, seq Int64, tool String, action String, verb String, outcome String, resource String, resource_type String, input_source String, input_trust String, input_hash String, credential String, credential_type String, credential_subject String, credential_actor String, credential_issuer String, credential_borrowed Bool, credential_scopes Array(String), dropped UInt32, content String, arguments_hash String)'
                ) AS kin_record
            FROM (SELECT trace_id, span_id, parent_span_id, ts, end_ts, received_at, record_kind, actor_type, channel, exporter, template_id, instance_id, delegator_id, user_id, correlation_id, prompt_ref, tool_name, action_id, verb, outcome, resource_id, credential_id,
                JSONExtract(rest, 'Tuple(n String, dc UInt32, sn String, tn String, tv String, ip String, ii String, dt String, di String, gh Array(String), tr String, ir String, dr String, po String, ph String, pr String, lh String, ls Nullable(Int64), q Nullable(Int64), ah String, rt String, is String, it String, ih String, ct String, cs String, ca String, cr String, cc Array(String), cb Bool)') AS cold FROM whodid.spans)
            WHERE (trace_id = target.trace OR trace_id = target.prompt_trace OR correlation_id = target.correlation)
                AND about.versions > 0
            ORDER BY
                (trace_id = about.trace AND span_id = about.span) DESC,
                indexOf(['entitled', 'unbound', 'unentitled'], channel),
                (record_kind IN ('session', 'prompt', 'plan', 'delegation') OR tupleElement(cold, 'is') != '' OR is_parent) DESC,
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
            about, kin, parents,
            arrayFold(
                (trail, candidate) -> if(candidate.1 = trail[-1].parent AND length(trail) < 64, arrayPushBack(trail, candidate.4), trail),
                arrayConcat(arrayReverseSort(p -> p.3, parents) AS newest, newest),
                [kin[1]]
            ) AS trail
        FROM kindred
    ),
    -- How far a claim can reach (rule `crosses_exporters`), in its simplest form: within the records of the subject's own exporter,
    -- where one of them names somebody; else up to the first that does, where it is entitled and all before it are of the same
    -- exporter or entitled and name nobody, and on from there through the same.
    apart AS
    (
        SELECT
            *,
            arrayFirstIndex(x -> tupleElement(x, 'exporter') != tupleElement(trail[1], 'exporter'), trail) AS foreign,
            arrayFirstIndex(x -> tupleElement(x, 'actor_type') != '', trail) AS naming,
            arrayFirst(x -> tupleElement(x, 'actor_type') != '', trail) AS first_named
        FROM trailed
    ),
    reached AS
    (
        SELECT
            *,
            arrayFirstIndex(
                x -> tupleElement(x, 'exporter') != tupleElement(first_named, 'exporter') AND NOT (tupleElement(x, 'channel') = 'entitled' AND tupleElement(x, 'actor_type') = ''),
                trail
            ) AS stranger
        FROM apart
    ),
    crossed AS
    (
        SELECT
            about, kin, parents, trail,
            multiIf(
                foreign = 0, trail,
                naming = 0 OR naming < foreign OR tupleElement(first_named, 'channel') != 'entitled' OR (stranger != 0 AND stranger < naming), arraySlice(trail, 1, foreign - 1),
                stranger = 0, trail,
                arraySlice(trail, 1, stranger - 1)
            ) AS heard_trail
        FROM reached
    ),
    -- Who may speak: each step in a stage of its own, since the analyzer copies an alias wherever it is used.
    acted AS
    (
        SELECT
            *,
            arrayFirst(x -> tupleElement(x, 'actor_type') != '', heard_trail) AS actor,
            arrayFirstIndex(x -> tupleElement(x, 'actor_type') NOT IN ('', 'agent'), heard_trail) AS border
        FROM crossed
    ),
    bounded AS
    (
        SELECT
            about, kin, parents, trail, actor,
            length(heard_trail) < length(trail) AS is_cut,
            -- A human's or a service's own act inherits nothing, and nothing is inherited past one.
            if(border = 0, heard_trail, arraySlice(heard_trail, 1, border - (tupleElement(actor, 'actor_type') = 'agent'))) AS way
        FROM acted
    ),
    parted AS
    (
        SELECT
            about, kin, parents, trail, actor, way, is_cut,
            arrayFilter(x -> tupleElement(x, 'actor_type') = 'agent', way) AS agents,
            arrayFilter(x -> tupleElement(x, 'actor_type') = '', way) AS strays
        FROM bounded
    ),
    spoken AS
    (
        SELECT
            *,
            arrayFirst(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') = '', agents) AS said,
            -- Whoever says for whom, and says so itself.
            arrayFirstIndex(x -> tupleElement(x, 'delegator_rule') = '' AND (tupleElement(x, 'delegator') != '' OR tupleElement(x, 'delegator_type') = 'none'), agents) AS plainly
        FROM parted
    ),
    named_by AS
    (
        SELECT
            *,
            if(plainly = 0, arrayFirst(x -> tupleElement(x, 'delegator') != '', agents), agents[plainly]) AS delegator_nearest,
            arrayFirst(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') = '' AND tupleElement(x, 'instance') != tupleElement(said, 'instance'), agents) AS above,
            if(tupleElement(said, 'key') != '', said, arrayFirst(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') NOT IN ('session_id', 'resource.service_name'), agents)) AS named
        FROM spoken
    ),
    neared AS
    (
        SELECT *, arraySlice(agents, 1, greatest(arrayFirstIndex(x -> tupleElement(x, 'key') = tupleElement(named, 'key'), agents), 1) - 1) AS nearer
        FROM named_by
    ),
    heard AS
    (
        SELECT
            *,
            -- Another instrumentation's names inside the agent's own process give way to the agent's (rule `overwritten_downstream`).
            arrayFilter(
                x -> tupleElement(said, 'key') = '' OR tupleElement(said, 'channel') = 'unentitled'
                    OR tupleElement(x, 'exporter') != tupleElement(said, 'exporter') OR tupleElement(x, 'service') != tupleElement(said, 'service'),
                nearer
            ) AS others
        FROM neared
    ),
    claimed AS
    (
        SELECT
            *,
            -- The nearest that names another template than the instance above it is another agent, whose instance nobody named.
            arrayFirst(x -> tupleElement(named, 'template') != '' AND tupleElement(named, 'template_rule') NOT IN ('session_id', 'resource.service_name') AND tupleElement(x, 'template') != '' AND tupleElement(x, 'template') != tupleElement(named, 'template') AND tupleElement(x, 'template_rule') NOT IN ('session_id', 'resource.service_name'), others) AS other
        FROM heard
    ),
    -- Claims: the subject's own, else those of its nearest ancestor that makes one (rule `inherited_from_ancestor`); what is said
    -- goes before what is read from another vocabulary. Order: actor, instance, template, delegator.
    speaking AS
    (
        SELECT
            *,
            if(tupleElement(other, 'key') = '', named, kin[4001]) AS instance_says,
            multiIf(
                tupleElement(actor, 'actor_type') != 'agent', kin[4001],
                tupleElement(other, 'key') != '', other,
                tupleElement(named, 'template') != '' AND tupleElement(named, 'template_rule') NOT IN ('session_id', 'resource.service_name'), named,
                -- Which of several the API would hear is not known here, and a service's name is heard where nothing else is.
                length(arrayDistinct(arrayMap(x -> tupleElement(x, 'template'), arrayFilter(x -> tupleElement(x, 'template') != '' AND tupleElement(x, 'template_rule') NOT IN ('session_id', 'resource.service_name'), agents)))) = 1,
                arrayFirst(x -> tupleElement(x, 'template') != '' AND tupleElement(x, 'template_rule') NOT IN ('session_id', 'resource.service_name'), agents),
                tupleElement(named, 'key') = '', arraySort(x -> multiIf(tupleElement(x, 'template') = '' OR tupleElement(x, 'template_rule') IN ('session_id', 'resource.service_name'), 3, tupleElement(x, 'template_rule') = '', 0, 1), agents)[1],
                kin[4001]
            ) AS template_says,
            -- Whom the nearest that says so itself names; where it may have been overwritten, all must say the same.
            if(
                tupleElement(actor, 'actor_type') != 'agent'
                    OR (is_cut AND plainly = 0)
                    OR arrayExists(x -> tupleElement(x, 'delegator_rule') = '' AND (tupleElement(x, 'delegator') != '' OR tupleElement(x, 'delegator_type') = 'none') AND tupleElement(x, 'delegator') != tupleElement(delegator_nearest, 'delegator'), strays)
                    OR arrayExists(x -> tupleElement(x, 'delegator') != '' AND tupleElement(x, 'delegator') != tupleElement(delegator_nearest, 'delegator'), if(plainly = 0, agents, arraySlice(agents, 1, plainly - 1)))
                    OR (
                        tupleElement(said, 'key') != ''
                        AND (tupleElement(delegator_nearest, 'instance') = '' OR tupleElement(delegator_nearest, 'instance_rule') != '')
                        AND (plainly = 0 OR arrayExists(x -> tupleElement(x, 'delegator_rule') = '' AND (tupleElement(x, 'delegator') != '' OR tupleElement(x, 'delegator_type') = 'none') AND tupleElement(x, 'delegator') != tupleElement(delegator_nearest, 'delegator'), agents))
                    ),
                kin[4001],
                delegator_nearest
            ) AS delegator_says
        FROM claimed
    ),
    graded AS
    (
        SELECT
            *,
            arrayMap(
                claim -> multiIf(
                    claim.1 = '', 'none',
                    claim.2 = 'unentitled', 'contradicted',
                    claim.3 != tupleElement(trail[1], 'key') OR claim.4 != '', 'inferred',
                    claim.2 = 'entitled', 'channel',
                    'asserted'
                ),
                [
                    (tupleElement(actor, 'actor_type'), tupleElement(actor, 'channel'), tupleElement(actor, 'key'), ''),
                    (tupleElement(instance_says, 'instance'), tupleElement(instance_says, 'channel'), tupleElement(instance_says, 'key'), tupleElement(instance_says, 'instance_rule')),
                    (tupleElement(template_says, 'template'), tupleElement(template_says, 'channel'), tupleElement(template_says, 'key'), tupleElement(template_says, 'template_rule')),
                    (tupleElement(delegator_says, 'delegator'), tupleElement(delegator_says, 'channel'), tupleElement(delegator_says, 'key'), tupleElement(delegator_says, 'delegator_rule'))
                ]
            ) AS claim_grades,
            multiIf(
                tupleElement(actor, 'actor_type') = 'agent', if(tupleElement(instance_says, 'instance') != '', tupleElement(instance_says, 'instance'), tupleElement(template_says, 'template')),
                tupleElement(actor, 'actor_type') = 'human', tupleElement(actor, 'user'),
                tupleElement(actor, 'actor_type') = 'service', tupleElement(actor, 'service'),
                ''
            ) AS named_actor,
            sipHash64('instance', tupleElement(instance_says, 'instance')) AS instance_key,
            arrayFirst(c -> c.1 = sipHash64('instance', tupleElement(instance_says, 'instance')) AND (c.2 = tupleElement(instance_says, 'template') OR c.3 = tupleElement(instance_says, 'exporter')), claimants) AS own_claim
        FROM speaking
    ),
    judged AS
    (
        SELECT
            about, kin, trail, actor, instance_says, template_says, delegator_says, claim_grades, named_actor, candidates,
            multiIf(
                tupleElement(about, 'versions') = 0, '',
                arrayExists(x -> has(disputed, tupleElement(x, 'key')), way)
                    OR (tupleElement(actor, 'actor_type') = 'human' AND tupleElement(actor, 'instance') != '')
                    OR (
                        tupleElement(said, 'key') != ''
                        AND (
                            arrayExists(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance_rule') = '' AND tupleElement(x, 'instance') != tupleElement(said, 'instance'), strays)
                            OR arrayExists(x -> tupleElement(x, 'instance') != '' AND tupleElement(x, 'instance') != tupleElement(said, 'instance') AND tupleElement(x, 'instance_rule') NOT IN ('session_id', 'resource.service_name'), others)
                            -- Two instances in one process that nothing links.
                            OR (
                                tupleElement(above, 'key') != ''
                                AND tupleElement(above, 'exporter') = tupleElement(said, 'exporter')
                                AND tupleElement(above, 'service') = tupleElement(said, 'service')
                                AND tupleElement(above, 'template') = tupleElement(said, 'template')
                                AND NOT arrayExists(
                                    x -> tupleElement(x, 'instance') = tupleElement(said, 'instance')
                                        AND (tupleElement(x, 'instance_parent') != '' OR has(tupleElement(x, 'delegation_chain'), tupleElement(above, 'instance')) OR tupleElement(x, 'kind') IN ('session', 'prompt', 'delegation')),
                                    agents
                                )
                            )
                        )
                    ), 'conflicting_identity',
                tupleElement(actor, 'channel') = 'unentitled'
                    OR arrayExists(x -> tupleElement(x, 'channel') = 'unentitled' AND (tupleElement(x, 'key') = tupleElement(said, 'key') OR tupleElement(said, 'channel') IN ('', 'unentitled') OR tupleElement(x, 'exporter') != tupleElement(said, 'exporter') OR tupleElement(x, 'service') != tupleElement(said, 'service')), agents)
                    OR has(claim_grades, 'contradicted'), 'exporter_not_entitled',
                tupleElement(instance_says, 'instance_rule') = '' AND tupleElement(instance_says, 'template') != ''
                    AND arrayExists(
                        c -> c.1 = instance_key AND c.2 != tupleElement(instance_says, 'template') AND c.3 != tupleElement(instance_says, 'exporter')
                            AND NOT (own_claim.1 != 0 AND c.4 > addDays(own_claim.4, 1)),
                        claimants
                    ), 'instance_of_another_template',
                {kind:String} NOT IN ('action', 'span')
                    AND arrayExists(
                        c -> tupleElement(c, 'ts') = tupleElement(trail[1], 'ts') AND tupleElement(c, 'key') != tupleElement(trail[1], 'key') AND tupleElement(c, 'channel') != 'unentitled'
                            AND tupleElement(c, 'outcome') = 'success' AND if({verb:String} = '', tupleElement(c, 'verb') != 'read', tupleElement(c, 'verb') = {verb:String})
                            AND (multiIf(tupleElement(c, 'actor_type') = 'agent' AND tupleElement(c, 'instance') != '', tupleElement(c, 'instance'), tupleElement(c, 'actor_type') = 'agent', tupleElement(c, 'template'), tupleElement(c, 'actor_type') = 'human', tupleElement(c, 'user'), tupleElement(c, 'actor_type') = 'service', tupleElement(c, 'service'), '') AS doer) NOT IN ('', named_actor),
                        candidates
                    ), 'simultaneous_actions',
                -- Whose an action's ID is, where two actors use it, is not decided here; nor what an act came to of which a part failed.
                ({kind:String} = 'action' AND arrayExists(
                        c -> (multiIf(tupleElement(c, 'actor_type') = 'agent' AND tupleElement(c, 'instance') != '', tupleElement(c, 'instance'), tupleElement(c, 'actor_type') = 'agent', tupleElement(c, 'template'), tupleElement(c, 'actor_type') = 'human', tupleElement(c, 'user'), tupleElement(c, 'actor_type') = 'service', tupleElement(c, 'service'), '')) NOT IN ('', named_actor),
                        candidates
                    ))
                    OR ({kind:String} NOT IN ('action', 'span') AND arrayExists(
                        x -> tupleElement(x, 'outcome') IN ('failure', 'denied')
                            AND (tupleElement(x, 'parent') = trail[1].key OR tupleElement(x, 'key') = trail[1].parent OR (trail[1].action != '' AND tupleElement(x, 'action') = trail[1].action)),
                        kin
                    )), 'beyond_the_view',
                -- The way goes on where this view does not follow.
                tupleElement(actor, 'actor_type') IN ('', 'agent')
                    AND (
                        length(trail) >= 64
                        OR (is_cut AND tupleElement(said, 'key') = '' AND tupleElement(named, 'key') != '')
                        OR tupleElement(template_says, 'template_rule') IN ('session_id', 'resource.service_name')
                        OR (length(kin) >= 4000 AND tupleElement(said, 'key') = '')
                        OR (arrayExists(p -> p.1 = trail[-1].parent, parents) AND NOT arrayExists(x -> tupleElement(x, 'key') = trail[-1].parent, trail))
                    ), 'beyond_the_view',
                ''
            ) AS contradiction
        FROM graded CROSS JOIN listed
    ),
    decided_on AS
    (
        SELECT *, if(tupleElement(about, 'versions') = 0 OR contradiction != '' OR named_actor = '', 'undetermined', tupleElement(actor, 'actor_type')) AS decided
        FROM judged
    )
SELECT
    decided AS verdict,
    -- The weakest of what the verdict rests on; a claim that is absent is a gap, not a link.
    multiIf(
        contradiction NOT IN ('', 'beyond_the_view'), 'contradicted',
        decided = 'undetermined', 'none',
        has(if(decided = 'agent', claim_grades, [claim_grades[1]]), 'inferred'), 'inferred',
        has(if(decided = 'agent', claim_grades, [claim_grades[1]]), 'asserted'), 'asserted',
        'channel'
    ) AS grade,
    if(decided = 'undetermined', '', named_actor) AS actor_id,
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
    arrayFilter(x -> tupleElement(x, 'input_source') != '' OR tupleElement(x, 'kind') IN ('session', 'prompt', 'plan', 'delegation'), kin) AS evidence,
    -- The sequence numbers of the acting instance up to the subject's: a hole is a record that never came.
    if(
        trail[1].seq < 1 OR trail[1].instance = '', 0,
        trail[1].seq - toInt64(length(arrayDistinct(arrayFilter(
            seq -> seq >= 1 AND seq <= trail[1].seq,
            arrayMap(x -> if(tupleElement(x, 'instance') = trail[1].instance, tupleElement(x, 'seq'), -1), kin)
        ))))
    ) AS sequence_missing,
    length(kin) AS kin_count,
    tupleElement(about, 'versions') AS versions,
    tupleElement(about, 'instances') AS claimed_instances,
    candidates
FROM decided_on
