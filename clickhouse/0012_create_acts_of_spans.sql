-- Runs with the migrator's rights, as whodid.actions_of_spans does.
CREATE MATERIALIZED VIEW IF NOT EXISTS whodid.acts_of_spans TO whodid.acts
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    tenant, found.1 AS key,
    -least(toUnixTimestamp64Nano(ts), toUnixTimestamp64Nano(received_at)) AS age, -toUnixTimestamp64Nano(ts) AS nts,
    trace_id, span_id, received_at, verb, outcome,
    formatRow('RowBinary', found.2, action_id, record_kind, tool_name, resource_id, actor_type, channel, instance_id, cold.ir, template_id, cold.tr, user_id, cold.sn) AS act
FROM
(
    SELECT *, JSONExtract(rest, 'Tuple(sn String, tr String, ir String)') AS cold
    FROM whodid.spans
    WHERE record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != ''
)
ARRAY JOIN
    arrayFilter(named -> named.2 != '', [
        (sipHash64('resource', resource_id), resource_id),
        (sipHash64('credential', credential_id), credential_id),
        (sipHash64('template', template_id), template_id),
        (sipHash64('tool', tool_name), tool_name),
        (sipHash64('delegator', multiIf(actor_type = 'human', user_id, delegator_id != '', delegator_id, actor_type = 'service', cold.sn, '') AS principal), principal)
    ]) AS found
