-- In which traces a person, a session or a conversation occurs, so that a question about one of them finds the acts below
-- the record that names it. Rows of whodid.threads of the kinds delegator, session and conversation, as whodid.threads_of_spans
-- makes them of the others. Runs with the migrator's rights.
CREATE MATERIALIZED VIEW IF NOT EXISTS whodid.people_of_spans TO whodid.threads
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT tenant, key, hour, trace_id, emptyArrayUInt64() AS up, emptyArrayUInt64() AS own, '' AS template_id, '' AS exporter, received_at FROM
(
    SELECT
        tenant, toStartOfHour(ts) AS hour, trace_id,
        groupUniqArray(delegator_id) AS delegators,
        groupUniqArray(user_id) AS users,
        groupUniqArray(session_id) AS sessions,
        groupUniqArray(conversation_id) AS conversations,
        toDateTime64(min(received_at), 3, 'UTC') AS received_at
    FROM whodid.spans
    WHERE delegator_id != '' OR user_id != '' OR session_id != '' OR conversation_id != ''
    GROUP BY tenant, hour, trace_id
)
ARRAY JOIN arrayConcat(
    arrayMap(x -> sipHash64('delegator', x), arrayFilter(x -> x != '', arrayDistinct(arrayConcat(delegators, users)))),
    arrayMap(x -> sipHash64('session', x), arrayFilter(x -> x != '', sessions)),
    arrayMap(x -> sipHash64('conversation', x), arrayFilter(x -> x != '', conversations))) AS key
