
SELECT
  concat(replaceOne(toString(received_at), ' ', 'T'), 'Z') AS received_at,
  concat(replaceOne(toString(ts), ' ', 'T'), 'Z') AS started_at,
  lower(concat(hex(trace_id), '-', hex(span_id))) AS span,
  record_kind, name,
  nullIf(actor_type, '') AS actor_type,
  nullIf(template_id, '') AS template,
  nullIf(instance_id, '') AS instance,
  nullIf(delegator_id, '') AS delegator,
  nullIf(verb, '') AS verb,
  nullIf(outcome, '') AS outcome,
  nullIf(resource_id, '') AS resource
FROM whodid.v_spans AS s
WHERE s.received_at > fromUnixTimestamp64Nano({after:Int64})
ORDER BY s.received_at
LIMIT {limit:UInt32} WITH TIES