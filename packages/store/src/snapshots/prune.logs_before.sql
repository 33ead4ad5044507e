SELECT DISTINCT log_id FROM whodid.spans WHERE received_at < {before:DateTime64(9, 'UTC')} ORDER BY log_id 
FORMAT JSONEachRow
