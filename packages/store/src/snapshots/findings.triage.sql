INSERT INTO whodid.finding_triage FORMAT JSONEachRow
