-- The agents that were stopped, paused and resumed, one row for each order, as Whodid itself recorded it: a record of another sender is none.
-- Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_revocations
SQL SECURITY INVOKER
AS
SELECT
    tenant, ts, received_at,
    JSONExtractString(attributes, 'whodid.revocation.id') AS revocation_id,
    JSONExtractUInt(attributes, 'whodid.revocation.seq') AS seq,
    JSONExtractString(attributes, 'whodid.revocation.action') AS action,
    JSONExtractString(attributes, 'whodid.revocation.target.kind') AS target_kind,
    JSONExtractString(attributes, 'whodid.revocation.target.id') AS target_id,
    JSONExtractBool(attributes, 'whodid.revocation.cascade') AS cascades,
    JSONExtractString(attributes, 'whodid.revocation.cause') AS cause,
    JSONExtractString(attributes, 'whodid.revocation.initiator.id') AS initiator,
    log_id, log_index
FROM whodid.spans
WHERE exporter = 'whodid' AND match(action_id, '^whodid:(revoke|pause|resume):')
