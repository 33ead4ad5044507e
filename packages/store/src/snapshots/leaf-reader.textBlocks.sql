SELECT lower(hex(c.ref)) AS name, base64Encode(c.sealed) AS bytes FROM whodid.contents AS c
WHERE c.tenant = {tenant:String} AND c.ref IN (SELECT toFixedString(unhex(arrayJoin({refs:Array(String)})), 24)) 
FORMAT JSONEachRow
