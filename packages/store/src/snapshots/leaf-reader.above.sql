SELECT toString(count()) AS rows, toString(toUnixTimestamp64Nano(min(s.received_at))) AS first
FROM whodid.spans AS s WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64} 
FORMAT JSONEachRow
