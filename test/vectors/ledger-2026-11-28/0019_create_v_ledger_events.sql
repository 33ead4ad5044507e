-- What the ledger says of itself: heartbeats, changes of key, damage. They belong to no tenant: a user sees them whose row policy lets it
-- see the tenant `whodid.system`. `sealed_size` is the number of records that the log's checkpoint covered at a heartbeat. Runs with the
-- caller's rights.
CREATE OR REPLACE VIEW whodid.v_ledger_events
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at, log_id, log_index,
    JSONExtractString(attributes, 'whodid.ledger.event') AS event,
    JSONExtractUInt(attributes, 'size') AS sealed_size,
    attributes AS details
FROM whodid.spans
WHERE tenant = 'whodid.system' AND exporter = 'whodid'
