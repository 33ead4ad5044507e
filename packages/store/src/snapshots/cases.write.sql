INSERT INTO whodid.case_entries FORMAT JSONEachRow
