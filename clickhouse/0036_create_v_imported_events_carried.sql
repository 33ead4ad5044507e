-- The events of other systems' logs that were imported, as 0029 has them, and the ledger's own names that a client carried into the other
-- system's log: by these an event leads to its record. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_imported_events
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    JSONExtractString(attributes, 'whodid.import.format') AS format,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.source')) AS source,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.system')) AS system,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.operation')) AS operation,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.verb')) AS verb,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.outcome')) AS outcome,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.resource')) AS resource_id,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.person')) AS person,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.principal')) AS principal,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.credential_id')) AS credential_id,
    arrayMap(mark -> arrayMap(part -> decodeURLComponent(part), splitByChar(',', mark)),
        JSONExtract(attributes, 'whodid.import.marks', 'Array(String)')) AS marks,
    arrayExists(mark -> mark[1] = 'system', marks) AS marked_by_system,
    arrayExists(mark -> mark[1] = 'client', marks) AS marked_by_client,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.trace')) AS carried_trace,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.span')) AS carried_span,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.action')) AS carried_action,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.instance')) AS carried_instance,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.import.carried.tool_call')) AS carried_tool_call
FROM whodid.spans
WHERE channel = 'imported' AND startsWith(trace_id, unhex('ffffffff'))
