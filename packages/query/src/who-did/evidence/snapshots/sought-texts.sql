
SELECT 'text_block' AS role, toJSONString(tuple(lower(hex(ref)), base64Encode(sealed))) AS record
FROM whodid.contents
WHERE ref IN (SELECT arrayJoin(arrayMap(x -> toFixedString(unhex(x), 24), splitByChar(',', {refs:String}))))