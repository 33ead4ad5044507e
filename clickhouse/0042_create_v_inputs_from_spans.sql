-- What entered a model's context: the columns and rows of 0018 and the channel, read from the records themselves, as 0040 reads acts.
CREATE OR REPLACE VIEW whodid.v_inputs
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    cold.is AS input_source, cold.it AS input_trust, cold.ih AS input_hash, tool_name, template_id, instance_id, delegator_id, channel
FROM
(
    SELECT
        tenant, ts, received_at, trace_id, span_id, tool_name, template_id, instance_id, delegator_id, channel,
        JSONExtract(rest, 'Tuple(is String, it String, ih String)') AS cold
    FROM whodid.spans
)
WHERE cold.is != '' OR cold.it != ''
