SELECT DISTINCT partition_id FROM system.parts
      WHERE database = 'whodid' AND table = {table:String} AND active AND toUInt32(partition_id) < {month:UInt32} 
FORMAT JSONEachRow;

ALTER TABLE whodid.contents DROP PARTITION 202301;

ALTER TABLE whodid.actions DROP PARTITION 202301;

ALTER TABLE whodid.acts DROP PARTITION 202301;

ALTER TABLE whodid.threads DROP PARTITION 202301;

ALTER TABLE whodid.spans DROP PARTITION 202301
