-- The places of each log that have a row, by blocks of 65,536: a place without a row, or with two, is a row that somebody took away or
-- put in. Counted over all tenants, as whoever created this view: a tenant's own rows leave gaps where the others' stand. It says
-- no more of the others than the place of each of one's own records does, which is the size of the log at that time.
CREATE OR REPLACE VIEW whodid.v_logs
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    log_id,
    intDiv(log_index, 65536) AS block,
    min(log_index) AS first_index,
    max(log_index) AS last_index,
    uniqExact(log_index) AS places,
    count() - uniqExact(log_index) AS repeated
FROM whodid.spans
WHERE log_id != ''
GROUP BY log_id, block
