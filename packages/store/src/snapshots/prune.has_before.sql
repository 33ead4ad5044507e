SELECT DISTINCT partition_id FROM system.parts
      WHERE database = 'whodid' AND table = {table:String} AND active AND toUInt32(partition_id) < {month:UInt32} 
FORMAT JSONEachRow
