-- What importers declare of the logs that they import, one row for each declaration: only where a log declares that it would have an act
-- does its absence say something. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_import_coverages
SQL SECURITY INVOKER
AS
SELECT
    tenant, received_at,
    lower(concat(hex(trace_id), '-', hex(span_id))) AS declaration,
    decodeURLComponent(JSONExtractString(attributes, 'whodid.coverage.system')) AS log_system,
    arrayMap(one -> decodeURLComponent(one), JSONExtract(attributes, 'whodid.coverage.resources', 'Array(String)')) AS resources,
    JSONExtract(attributes, 'whodid.coverage.verbs', 'Array(String)') AS verbs,
    fromUnixTimestamp64Nano(toInt64OrZero(JSONExtractString(attributes, 'whodid.coverage.from')), 'UTC') AS covers_from,
    fromUnixTimestamp64Nano(toInt64OrZero(JSONExtractString(attributes, 'whodid.coverage.to')), 'UTC') AS covers_to,
    toFloat64OrZero(JSONExtractString(attributes, 'whodid.coverage.sampling')) AS sampling,
    toFloat64OrZero(JSONExtractString(attributes, 'whodid.coverage.delay_seconds')) AS delay_seconds,
    toFloat64OrZero(JSONExtractString(attributes, 'whodid.coverage.clock_error_seconds')) AS clock_error_seconds
FROM whodid.spans
WHERE channel = 'imported' AND startsWith(trace_id, unhex('fffffffe'))
