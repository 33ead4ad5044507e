-- Who acted for whom between two times (milliseconds since 1970): one row for each instance and each delegator that its records name, ''
-- where they name none. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_delegations
SQL SECURITY INVOKER
AS
SELECT
    tenant, delegator_id, instance_id,
    max(delegator_type) AS kind_of_delegator,
    max(template_id) AS template,
    max(instance_parent_id) AS parent_id,
    count() AS records,
    countIf((record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AND record_kind != 'approval') AS acts,
    countIf(verb IN ('delete', 'drop', 'truncate', 'remove', 'destroy', 'purge') AND outcome = 'success') AS destructive_acts,
    countIf(credential_borrowed) AS borrowed_acts,
    min(ts) AS first_ts,
    max(ts) AS last_ts
FROM whodid.v_spans
WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64}) AND instance_id != ''
GROUP BY tenant, delegator_id, instance_id
