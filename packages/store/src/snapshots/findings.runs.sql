INSERT INTO whodid.detection_runs FORMAT JSONEachRow
