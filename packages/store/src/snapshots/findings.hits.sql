INSERT INTO whodid.findings FORMAT JSONEachRow
