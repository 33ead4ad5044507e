-- The acts between two times (milliseconds since 1970) that name nobody, in traces in which no record of the hour before or of the time
-- itself names anybody. The API looks further (correlations, delegations, links): an act that is here may still be decided there,
-- and none that is not here is claimed to be decided. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_unattributed
SQL SECURITY INVOKER
AS
SELECT *
FROM whodid.v_acts
WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
    AND verdict = 'undetermined'
    AND trace_id NOT IN
    (
        SELECT trace_id
        FROM whodid.v_spans
        WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64} - 3600000) AND fromUnixTimestamp64Milli({until_ms:Int64})
            AND trace_id IN
            (
                SELECT trace_id
                FROM whodid.v_acts
                WHERE ts BETWEEN fromUnixTimestamp64Milli({since_ms:Int64}) AND fromUnixTimestamp64Milli({until_ms:Int64})
                    AND verdict = 'undetermined'
            )
            AND channel != 'unentitled'
            AND ((actor_type = 'agent' AND (template_id != '' OR (instance_id != '' AND instance_rule NOT IN ('session_id', 'resource.service_name'))))
                OR (actor_type = 'human' AND user_id != '' AND instance_id = '') OR (actor_type = 'service' AND service_name != ''))
    )
