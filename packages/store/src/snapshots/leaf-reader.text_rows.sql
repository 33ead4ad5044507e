SELECT s.tenant AS owner, toString(s.log_index) AS place, lower(hex(s.trace_id)) AS trace,
  lower(hex(s.span_id)) AS span, lower(hex(s.text_block)) AS block, s.text_at AS at,
  toString(toUnixTimestamp64Nano(s.received_at)) AS received, lower(hex(s.commitment)) AS committed
FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64} AND s.log_index < {to:UInt64}
  AND s.text_at != 0
ORDER BY s.log_index LIMIT 16384 
FORMAT JSONEachRow
