SELECT log_id, toString(if(countIf(stays) > 0, minIf(log_index, stays), max(log_index) + 1)) AS first
        FROM (SELECT log_id, log_index, received_at >= {from:DateTime64(9, 'UTC')} AS stays FROM whodid.spans)
        GROUP BY log_id 
FORMAT JSONEachRow
