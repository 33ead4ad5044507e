
SELECT
  entry_id,
  concat(replaceOne(toString(e.written_at), ' ', 'T'), 'Z') AS written_at,
  author, role, kind, text, question
FROM whodid.case_entries AS e
WHERE e.tenant = {cases_of:String} AND e.case_id = {case:String}
ORDER BY e.written_at, entry_id
LIMIT {limit:UInt32}