
SELECT
  case_id, count() AS entries,
  concat(replaceOne(toString(min(e.written_at)), ' ', 'T'), 'Z') AS first_at,
  concat(replaceOne(toString(max(e.written_at)), ' ', 'T'), 'Z') AS last_at,
  arraySlice(arraySort(groupUniqArray(author)), 1, {authors:UInt32}) AS authors
FROM whodid.case_entries AS e
WHERE e.tenant = {cases_of:String}
GROUP BY case_id
ORDER BY max(e.written_at) DESC, case_id
LIMIT {limit:UInt32}