-- The places that are missing from each log, or there twice, from the block of its first heartbeat after `since_ms` (milliseconds since
-- 1970) to its newest record. Without a heartbeat since then the whole ledger is read. Months that were pruned on purpose are missing
-- here too: ask from a time after them.
CREATE OR REPLACE VIEW whodid.v_log_gaps
SQL SECURITY INVOKER
AS
SELECT
    log_id,
    toInt64(max(last_index)) + 1 - toInt64(min(block)) * 65536 - toInt64(sum(places)) AS missing,
    sum(repeated) AS repeated_places,
    max(last_index) AS newest_index
FROM whodid.v_logs
WHERE block >=
(
    SELECT intDiv(min(log_index), 65536)
    FROM whodid.v_ledger_events
    WHERE event = 'heartbeat' AND ts >= fromUnixTimestamp64Milli({since_ms:Int64})
)
GROUP BY log_id
