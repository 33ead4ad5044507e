
SELECT count() AS prunes FROM whodid.actions AS act
WHERE act.resource_id >= 'whodid:log:' AND act.resource_id < 'whodid:log;' AND startsWith(act.action_id, 'whodid:prune:')
  AND act.channel = 'entitled' AND act.service_name = 'whodid'