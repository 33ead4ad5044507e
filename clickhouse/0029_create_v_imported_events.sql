-- The events of other systems' logs that were imported, one row each: an event that was imported twice may stand twice, under one span.
-- Only the collector gives the channel; the traces of events begin with eight f, so that they lie together in each hour. A mark is a sign
-- of an agent: `system` says that the system itself states it, `client` that any client could write it. Runs with the caller's rights.
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
    arrayExists(mark -> mark[1] = 'client', marks) AS marked_by_client
FROM whodid.spans
WHERE channel = 'imported' AND startsWith(trace_id, unhex('ffffffff'))
