-- Runs with the migrator's rights, as whodid.actions_of_spans does. Grouped by trace first: sixteen spans of one trace name the
-- same few things, and each name costs a row. `prompted` leads from a prompt's trace to other traces that act under it, `parent`
-- from an instance to the traces of those that it started.
CREATE MATERIALIZED VIEW IF NOT EXISTS whodid.threads_of_spans TO whodid.threads
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT tenant, found.1 AS key, hour, trace_id, found.2 AS up, found.3 AS own, found.4 AS template_id, found.5 AS exporter, received_at FROM
(
    SELECT
        tenant, toStartOfHour(ts) AS hour, trace_id,
        groupUniqArray(correlation_id) AS correlations,
        groupUniqArray((instance_id, if(cold.tr = '' AND channel != 'unentitled', template_id, ''), exporter)) AS instances,
        groupUniqArray(cold.ip) AS parents,
        groupUniqArrayArray(arrayPopBack(cold.gh)) AS chains,
        groupUniqArray(cold.gi) AS delegations,
        groupUniqArray(cold.gp) AS grants,
        groupUniqArray(credential_id) AS credentials,
        groupUniqArray(action_id) AS actions,
        groupUniqArray(template_id) AS templates,
        groupUniqArray(substring(prompt_ref, 1, 32)) AS prompts,
        groupUniqArray(delegator_id) AS delegators,
        groupUniqArray(user_id) AS users,
        groupUniqArray(cold.si) AS sessions,
        groupUniqArray(cold.ci) AS conversations,
        groupUniqArray(tool_name) AS tools,
        groupUniqArrayIf(cold.ph, record_kind = 'prompt') AS prompt_hashes,
        toDateTime64(min(received_at), 3, 'UTC') AS received_at
    FROM (SELECT *, JSONExtract(rest, 'Tuple(tr String, ip String, gh Array(String), gi String, gp String, si String, ci String, ph String)') AS cold FROM whodid.spans)
    GROUP BY tenant, hour, trace_id
)
ARRAY JOIN
    arrayFilter(named -> named.1 != 0, arrayConcat(
        [(sipHash64('trace', trace_id), arrayConcat(
            [sipHash64('trace', trace_id)],
            arrayMap(x -> sipHash64('correlation', x), arrayFilter(x -> x != '', correlations)),
            arrayMap(x -> sipHash64('instance', x), arrayFilter(x -> x != '', arrayConcat(parents, chains))),
            arrayMap(x -> sipHash64('delegation', x), arrayFilter(x -> x != '', arrayConcat(delegations, grants))),
            arrayMap(x -> sipHash64('trace', toFixedString(unhex(x), 16)), arrayFilter(x -> x != '', prompts))),
            arrayDistinct(arrayMap(x -> sipHash64('instance', x.1), arrayFilter(x -> x.1 != '', instances))), '', '')],
        arrayMap(x -> (if(x = '', 0, sipHash64('correlation', x)), [], [], '', ''), correlations),
        arrayMap(x -> (if(x.1 = '', 0, sipHash64('instance', x.1)), [], [], x.2, x.3), instances),
        arrayMap(x -> (if(x = '', 0, sipHash64('parent', x)), [], [], '', ''), parents),
        arrayMap(x -> (if(x = '', 0, sipHash64('delegation', x)), [], [], '', ''), delegations),
        arrayMap(x -> (if(x = '', 0, sipHash64('credential', x)), [], [], '', ''), credentials),
        arrayMap(x -> (if(x = '', 0, sipHash64('action', x)), [], [], '', ''), actions),
        arrayMap(x -> (if(x = '', 0, sipHash64('template', x)), [], [], '', ''), templates),
        arrayMap(x -> (if(x = '', 0, sipHash64('delegator', x)), [], [], '', ''), arrayDistinct(arrayConcat(delegators, users))),
        arrayMap(x -> (if(x = '', 0, sipHash64('session', x)), [], [], '', ''), sessions),
        arrayMap(x -> (if(x = '', 0, sipHash64('conversation', x)), [], [], '', ''), conversations),
        arrayMap(x -> (if(x = '', 0, sipHash64('tool', x)), [], [], '', ''), tools),
        arrayMap(x -> (if(x = '', 0, sipHash64('prompt', x)), [], [], '', ''), prompt_hashes),
        arrayMap(x -> (if(x = '' OR x = lower(hex(trace_id)), 0, sipHash64('prompted', toFixedString(unhex(x), 16))), [], [], '', ''), prompts))) AS found
