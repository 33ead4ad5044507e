-- The versions of templates in the registry, as Whodid itself recorded them: a record of another sender is none. The newest version of a
-- template holds until it expires. `tools` and `resources` have names, or beginnings with * behind them; `states_*` is 0 where the version
-- says nothing of it. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_registry_templates
SQL SECURITY INVOKER
AS
SELECT
    tenant, received_at AS recorded_at,
    JSONExtractString(attributes, 'whodid.registry.template') AS template,
    JSONExtractString(attributes, 'whodid.registry.recorded_by') AS recorded_by,
    JSONExtractString(attributes, 'whodid.registry.definition') AS definition,
    JSONExtractString(definition, 'owner') AS owner,
    JSONExtractString(definition, 'justification') AS justification,
    parseDateTime64BestEffortOrZero(JSONExtractString(definition, 'expires_at'), 9, 'UTC') AS expires_at,
    JSONType(definition, 'scopes') = 'Array' AS states_scopes,
    JSONExtract(definition, 'scopes', 'Array(String)') AS scopes,
    JSONType(definition, 'tools') = 'Array' AS states_tools,
    JSONExtract(definition, 'tools', 'Array(String)') AS tools,
    JSONType(definition, 'resources') = 'Array' AS states_resources,
    JSONExtract(definition, 'resources', 'Array(String)') AS resources,
    lower(hex(trace_id)) AS trace,
    lower(hex(span_id)) AS span,
    log_id, log_index
FROM whodid.spans
WHERE exporter = 'whodid' AND startsWith(action_id, 'whodid:register:')
    AND (toStartOfHour(ts), trace_id) IN (
        SELECT toStartOfHour(ts), trace_id FROM whodid.actions
        WHERE resource_id >= 'whodid:template:' AND resource_id < 'whodid:template;' AND startsWith(action_id, 'whodid:register:')
            AND channel = 'entitled' AND service_name = 'whodid')
