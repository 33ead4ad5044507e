SELECT s.log_id AS log, toString(count()) AS rows, toString(max(s.log_index)) AS last
FROM whodid.spans AS s GROUP BY s.log_id ORDER BY s.log_id LIMIT 10000 
FORMAT JSONEachRow
