-- The acts between two times (milliseconds since 1970) that changed something after their instance had read untrusted content, in the day
-- before: each with the newest such content. Of an instance's own reading only: what its parent read, the API shows. Runs with the
-- caller's rights.
CREATE OR REPLACE VIEW whodid.v_after_untrusted
SQL SECURITY INVOKER
AS
SELECT acts.*, inputs.input_source AS input_source, inputs.input_ts AS input_ts, inputs.input_trace AS input_trace
FROM
(
    SELECT *
    FROM whodid.v_acts
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND instance_id != '' AND verb NOT IN ('', 'read') AND outcome = 'success'
) AS acts
ASOF INNER JOIN
(
    SELECT tenant, instance_id, ts AS input_ts, input_source, trace AS input_trace
    FROM whodid.v_inputs
    WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64} - 86400000) AND fromUnixTimestamp64Milli({until_ms:Int64})
        AND input_trust = 'untrusted' AND instance_id != ''
) AS inputs
ON acts.tenant = inputs.tenant AND acts.instance_id = inputs.instance_id AND acts.ts >= inputs.input_ts
