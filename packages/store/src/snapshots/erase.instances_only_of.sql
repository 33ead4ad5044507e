SELECT concat('instance:', instance_id) AS subject
FROM whodid.spans
WHERE tenant = {tenant:String} AND instance_id IN (
  SELECT instance_id FROM whodid.spans
  WHERE tenant = {tenant:String} AND delegator_id = {id:String} AND instance_id != ''
  GROUP BY instance_id LIMIT 10000
)
GROUP BY instance_id
HAVING countIf(delegator_id != '' AND delegator_id != {id:String}) = 0 
FORMAT JSONEachRow
