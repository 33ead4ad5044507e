SELECT s.tenant AS owner, toString(s.log_index) AS place, lower(hex(s.trace_id)) AS trace,
  lower(hex(s.span_id)) AS span, lower(hex(s.content_ref)) AS ref,
  toString(toUnixTimestamp64Nano(s.received_at)) AS received, lower(hex(s.content_commitment)) AS content,
  lower(hex(s.result_commitment)) AS result, lower(hex(s.detail_commitment)) AS detail
FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64} AND s.log_index < {to:UInt64}
  AND s.content_ref != toFixedString('', 24)
ORDER BY s.log_index LIMIT 16384 
FORMAT JSONEachRow
