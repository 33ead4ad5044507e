SELECT DISTINCT lower(hex(trace_id)) AS trace FROM whodid.spans
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
  AND received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') UNION ALL SELECT DISTINCT lower(hex(trace_id)) AS trace FROM whodid.actions
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
  AND received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') UNION ALL SELECT DISTINCT lower(hex(trace_id)) AS trace FROM whodid.acts
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
  AND received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') UNION ALL SELECT DISTINCT lower(hex(trace_id)) AS trace FROM whodid.threads
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
  AND received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') 
FORMAT JSONEachRow
