-- The places that are missing from each log, or there twice: from the block of the log's first heartbeat after `since_ms` (milliseconds
-- since 1970) to its newest record. A log that has not beaten since then is not in it. Records that were pruned on purpose are missing
-- too where they shared that first block. Runs with the caller's rights, who must see the tenant `whodid.system`.
CREATE OR REPLACE VIEW whodid.v_log_gaps
SQL SECURITY INVOKER
AS
WITH beats AS
(
    SELECT log_id, intDiv(min(log_index), 65536) AS first_block
    FROM whodid.v_ledger_events
    WHERE event = 'heartbeat' AND ts >= fromUnixTimestamp64Milli({since_ms:Int64})
    GROUP BY log_id
)
SELECT
    logs.log_id AS log_id,
    toInt64(max(logs.last_index)) + 1 - toInt64(min(logs.block)) * 65536 - toInt64(sum(logs.places)) AS missing,
    sum(logs.repeated) AS repeated_places,
    max(logs.last_index) AS newest_index
FROM (SELECT * FROM whodid.v_logs WHERE block >= (SELECT min(first_block) FROM beats)) AS logs
INNER JOIN beats ON logs.log_id = beats.log_id
WHERE logs.block >= beats.first_block
GROUP BY log_id
