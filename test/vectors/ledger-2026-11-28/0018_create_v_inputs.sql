-- What entered a model's context: one row a record that names its source. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_inputs
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, trace_id,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    input_source, input_trust, input_hash, tool_name, template_id, instance_id, delegator_id
FROM whodid.v_spans
WHERE input_source != '' OR input_trust != ''
