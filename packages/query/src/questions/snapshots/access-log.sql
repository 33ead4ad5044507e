
SELECT
  concat(replaceOne(toString(r.read_at), ' ', 'T'), 'Z') AS read_at,
  request_id, reader, role, route, question,
  nullIf(case_id, '') AS case_id,
  nullIf(remote_address, '') AS remote_address,
  nullIf(user_agent, '') AS user_agent
FROM whodid.reads AS r
WHERE r.tenant = {reads_of:String}
ORDER BY r.read_at DESC
LIMIT {limit:UInt32}