SELECT toString(toUnixTimestamp64Nano(max(s.received_at))) AS received FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index < {place:UInt64} AND s.log_index + 100000 >= {place:UInt64} 
FORMAT JSONEachRow
