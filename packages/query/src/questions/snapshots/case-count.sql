
SELECT count() AS entries FROM whodid.case_entries AS e
WHERE e.tenant = {cases_of:String} AND e.case_id = {case:String}