INSERT INTO whodid.reads FORMAT JSONEachRow
