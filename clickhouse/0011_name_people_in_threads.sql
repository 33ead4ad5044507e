-- The traces in which a person, a session, a conversation, a tool or a prompt occurs too, so that a question about one of them finds the acts
-- below the record that names it: keys of the kinds delegator, session, conversation, tool and prompt (its hash); `prompted` leads from a
-- prompt's trace to other traces that act under it. The same view goes on, so that an insert is one part.
ALTER TABLE whodid.threads_of_spans MODIFY QUERY
SELECT tenant, found.1 AS key, hour, trace_id, found.2 AS up, found.3 AS own, found.4 AS template_id, found.5 AS exporter, received_at FROM
(
    SELECT
        tenant, toStartOfHour(ts) AS hour, trace_id,
        groupUniqArray(correlation_id) AS correlations,
        groupUniqArray((instance_id, if(template_rule = '' AND channel != 'unentitled', template_id, ''), exporter)) AS instances,
        groupUniqArray(instance_parent_id) AS parents,
        groupUniqArrayArray(arrayPopBack(delegation_chain)) AS chains,
        groupUniqArray(delegation_id) AS delegations,
        groupUniqArray(delegation_parent_id) AS grants,
        groupUniqArray(credential_id) AS credentials,
        groupUniqArray(action_id) AS actions,
        groupUniqArray(template_id) AS templates,
        groupUniqArray(substring(prompt_ref, 1, 32)) AS prompts,
        groupUniqArray(delegator_id) AS delegators,
        groupUniqArray(user_id) AS users,
        groupUniqArray(session_id) AS sessions,
        groupUniqArray(conversation_id) AS conversations,
        groupUniqArray(tool_name) AS tools,
        groupUniqArrayIf(prompt_hash, record_kind = 'prompt') AS prompt_hashes,
        toDateTime64(min(received_at), 3, 'UTC') AS received_at
    FROM whodid.spans
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
