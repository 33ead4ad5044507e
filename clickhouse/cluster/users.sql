-- The users of a ClickHouse cluster reached by CLICKHOUSE_URL, with the rights the embedded engine gives them.
-- Put the SHA-256 of each password, in hex, in place of <sha256 of …>, then run it once as an administrator; add
-- ON CLUSTER where the access storage is not replicated. Server configuration these rights count on:
-- access_control_improvements/table_engines_require_grant, select_from_system_db_requires_grant and
-- select_from_information_schema_requires_grant, all true.

-- whodid_writer appends spans and their text.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_writer SETTINGS log_queries = 0, distributed_foreground_insert = 1;
CREATE USER IF NOT EXISTS whodid_writer IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_writer>' SETTINGS PROFILE 'whodid_writer';
GRANT INSERT ON whodid.spans TO whodid_writer;
GRANT INSERT ON whodid_shard.spans TO whodid_writer;
GRANT INSERT ON whodid.contents TO whodid_writer;
GRANT INSERT ON whodid_shard.contents TO whodid_writer;

-- whodid_recorder records who read what, what they noted of it, the names of people, and findings.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_recorder SETTINGS log_queries = 0, distributed_foreground_insert = 1;
CREATE USER IF NOT EXISTS whodid_recorder IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_recorder>' SETTINGS PROFILE 'whodid_recorder';
GRANT INSERT ON whodid.reads TO whodid_recorder;
GRANT INSERT ON whodid_shard.reads TO whodid_recorder;
GRANT INSERT ON whodid.case_entries TO whodid_recorder;
GRANT INSERT ON whodid_shard.case_entries TO whodid_recorder;
GRANT INSERT ON whodid.people TO whodid_recorder;
GRANT INSERT ON whodid_shard.people TO whodid_recorder;
GRANT INSERT ON whodid.findings TO whodid_recorder;
GRANT INSERT ON whodid_shard.findings TO whodid_recorder;
GRANT INSERT ON whodid.finding_triage TO whodid_recorder;
GRANT INSERT ON whodid_shard.finding_triage TO whodid_recorder;
GRANT INSERT ON whodid.detection_runs TO whodid_recorder;
GRANT INSERT ON whodid_shard.detection_runs TO whodid_recorder;
GRANT INSERT ON whodid.finding_responses TO whodid_recorder;
GRANT INSERT ON whodid_shard.finding_responses TO whodid_recorder;

-- whodid_reader asks, within bounds.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_reader SETTINGS readonly = 1, distributed_product_mode = 'global', max_execution_time = 30 MAX 120 CHANGEABLE_IN_READONLY, max_memory_usage = 1000000000, max_rows_to_read = 2000000000, max_rows_to_read_leaf = 0 CHANGEABLE_IN_READONLY, max_result_rows = 1000000, max_rows_in_set = 200000, set_overflow_mode = 'throw', http_response_buffer_size = 4194304, max_result_bytes = 268435456, max_concurrent_queries_for_user = 64, log_comment = 'default' CHANGEABLE_IN_READONLY, output_format_json_quote_64bit_integers = 1 CHANGEABLE_IN_READONLY, date_time_output_format = 'simple' CHANGEABLE_IN_READONLY, use_query_condition_cache = 1 CHANGEABLE_IN_READONLY, max_threads = 0 CHANGEABLE_IN_READONLY, max_block_size = 65409 CHANGEABLE_IN_READONLY, optimize_and_compare_chain = 0 CHANGEABLE_IN_READONLY, additional_table_filters = '{}' CHANGEABLE_IN_READONLY;
CREATE USER IF NOT EXISTS whodid_reader IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_reader>' SETTINGS PROFILE 'whodid_reader';
GRANT SELECT ON whodid.spans TO whodid_reader;
GRANT SELECT ON whodid_shard.spans TO whodid_reader;
GRANT SELECT ON whodid.actions TO whodid_reader;
GRANT SELECT ON whodid_shard.actions TO whodid_reader;
GRANT SELECT ON whodid.acts TO whodid_reader;
GRANT SELECT ON whodid_shard.acts TO whodid_reader;
GRANT SELECT ON whodid.threads TO whodid_reader;
GRANT SELECT ON whodid_shard.threads TO whodid_reader;
GRANT SELECT ON whodid.contents TO whodid_reader;
GRANT SELECT ON whodid_shard.contents TO whodid_reader;
GRANT SELECT ON whodid.reads TO whodid_reader;
GRANT SELECT ON whodid_shard.reads TO whodid_reader;
GRANT SELECT ON whodid.case_entries TO whodid_reader;
GRANT SELECT ON whodid_shard.case_entries TO whodid_reader;
GRANT SELECT ON whodid.people TO whodid_reader;
GRANT SELECT ON whodid_shard.people TO whodid_reader;
GRANT SELECT ON whodid.findings TO whodid_reader;
GRANT SELECT ON whodid_shard.findings TO whodid_reader;
GRANT SELECT ON whodid.finding_triage TO whodid_reader;
GRANT SELECT ON whodid_shard.finding_triage TO whodid_reader;
GRANT SELECT ON whodid.detection_runs TO whodid_reader;
GRANT SELECT ON whodid_shard.detection_runs TO whodid_reader;
GRANT SELECT ON whodid.finding_responses TO whodid_reader;
GRANT SELECT ON whodid_shard.finding_responses TO whodid_reader;
GRANT SELECT ON whodid.migrations TO whodid_reader;
GRANT SELECT ON whodid_shard.migrations TO whodid_reader;
GRANT SELECT ON whodid.who_did* TO whodid_reader;
GRANT SELECT ON whodid_shard.who_did* TO whodid_reader;
GRANT SELECT ON whodid.v_* TO whodid_reader;
GRANT SELECT ON whodid_shard.v_* TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.spans FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.actions FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.acts FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.threads FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.contents FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.reads FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.case_entries FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.people FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.findings FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.finding_triage FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.detection_runs FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid.finding_responses FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.spans FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.actions FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.acts FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.threads FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.contents FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.reads FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.case_entries FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.people FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.findings FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.finding_triage FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.detection_runs FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;
CREATE ROW POLICY IF NOT EXISTS whodid_reader ON whodid_shard.finding_responses FOR SELECT USING tenant = getSetting('log_comment') TO whodid_reader;

-- whodid_eraser deletes text, and nothing else.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_eraser;
CREATE USER IF NOT EXISTS whodid_eraser IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_eraser>' SETTINGS PROFILE 'whodid_eraser';
GRANT SELECT(tenant, ref, received_at), ALTER DELETE ON whodid.contents TO whodid_eraser;
GRANT SELECT(tenant, ref, received_at), ALTER DELETE ON whodid_shard.contents TO whodid_eraser;
GRANT SELECT(tenant, delegator_id, instance_id) ON whodid.spans TO whodid_eraser;
GRANT SELECT(tenant, delegator_id, instance_id) ON whodid_shard.spans TO whodid_eraser;
CREATE ROW POLICY IF NOT EXISTS whodid_eraser ON whodid.spans FOR SELECT USING 1 TO whodid_eraser;
CREATE ROW POLICY IF NOT EXISTS whodid_eraser ON whodid.contents FOR SELECT USING 1 TO whodid_eraser;
CREATE ROW POLICY IF NOT EXISTS whodid_eraser ON whodid_shard.spans FOR SELECT USING 1 TO whodid_eraser;
CREATE ROW POLICY IF NOT EXISTS whodid_eraser ON whodid_shard.contents FOR SELECT USING 1 TO whodid_eraser;

-- whodid_pruner drops whole months of records once that is on record.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_pruner;
CREATE USER IF NOT EXISTS whodid_pruner IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_pruner>' SETTINGS PROFILE 'whodid_pruner';
GRANT SELECT(log_id, log_index, received_at), ALTER DELETE ON whodid.spans TO whodid_pruner;
GRANT SELECT(log_id, log_index, received_at), ALTER DELETE ON whodid_shard.spans TO whodid_pruner;
GRANT ALTER DELETE ON whodid.actions TO whodid_pruner;
GRANT ALTER DELETE ON whodid_shard.actions TO whodid_pruner;
GRANT ALTER DELETE ON whodid.acts TO whodid_pruner;
GRANT ALTER DELETE ON whodid_shard.acts TO whodid_pruner;
GRANT ALTER DELETE ON whodid.threads TO whodid_pruner;
GRANT ALTER DELETE ON whodid_shard.threads TO whodid_pruner;
GRANT ALTER DELETE ON whodid.contents TO whodid_pruner;
GRANT ALTER DELETE ON whodid_shard.contents TO whodid_pruner;
GRANT SELECT ON system.parts TO whodid_pruner;
GRANT SHOW TABLES ON whodid.* TO whodid_pruner;
GRANT SHOW TABLES ON whodid_shard.* TO whodid_pruner;
CREATE ROW POLICY IF NOT EXISTS whodid_pruner ON whodid.spans FOR SELECT USING 1 TO whodid_pruner;
CREATE ROW POLICY IF NOT EXISTS whodid_pruner ON whodid_shard.spans FOR SELECT USING 1 TO whodid_pruner;

-- whodid_verifier recomputes every row, of every tenant, and what is made of it, and sees nothing else.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_verifier SETTINGS readonly = 1, max_memory_usage = 1500000000, max_threads = 0 CHANGEABLE_IN_READONLY, max_block_size = 16384 CHANGEABLE_IN_READONLY, optimize_aggregation_in_order = 1, max_bytes_before_external_group_by = 500000000;
CREATE USER IF NOT EXISTS whodid_verifier IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_verifier>' SETTINGS PROFILE 'whodid_verifier';
GRANT SELECT ON whodid.spans TO whodid_verifier;
GRANT SELECT ON whodid_shard.spans TO whodid_verifier;
GRANT SELECT ON whodid.actions TO whodid_verifier;
GRANT SELECT ON whodid_shard.actions TO whodid_verifier;
GRANT SELECT ON whodid.acts TO whodid_verifier;
GRANT SELECT ON whodid_shard.acts TO whodid_verifier;
GRANT SELECT ON whodid.threads TO whodid_verifier;
GRANT SELECT ON whodid_shard.threads TO whodid_verifier;
GRANT SELECT ON whodid.contents TO whodid_verifier;
GRANT SELECT ON whodid_shard.contents TO whodid_verifier;
GRANT SELECT ON whodid.v_spans TO whodid_verifier;
GRANT SELECT ON whodid_shard.v_spans TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid.spans FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid.actions FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid.acts FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid.threads FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid.contents FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid_shard.spans FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid_shard.actions FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid_shard.acts FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid_shard.threads FOR SELECT USING 1 TO whodid_verifier;
CREATE ROW POLICY IF NOT EXISTS whodid_verifier ON whodid_shard.contents FOR SELECT USING 1 TO whodid_verifier;

-- whodid_migrator creates and changes the schema.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_migrator;
CREATE USER IF NOT EXISTS whodid_migrator IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_migrator>' SETTINGS PROFILE 'whodid_migrator';
GRANT SELECT, INSERT, SHOW ON whodid.* TO whodid_migrator;
GRANT SELECT, INSERT, SHOW ON whodid_shard.* TO whodid_migrator;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW ON whodid.* TO whodid_migrator;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW ON whodid_shard.* TO whodid_migrator;
GRANT ALTER ADD COLUMN, ALTER MODIFY COLUMN, ALTER COMMENT COLUMN, ALTER MATERIALIZE COLUMN ON whodid.* TO whodid_migrator;
GRANT ALTER ADD COLUMN, ALTER MODIFY COLUMN, ALTER COMMENT COLUMN, ALTER MATERIALIZE COLUMN ON whodid_shard.* TO whodid_migrator;
GRANT ALTER INDEX, ALTER PROJECTION, ALTER CONSTRAINT, ALTER SETTINGS, ALTER VIEW, OPTIMIZE ON whodid.* TO whodid_migrator;
GRANT ALTER INDEX, ALTER PROJECTION, ALTER CONSTRAINT, ALTER SETTINGS, ALTER VIEW, OPTIMIZE ON whodid_shard.* TO whodid_migrator;
GRANT DROP TABLE ON whodid._tmp_replace_* TO whodid_migrator;
GRANT DROP TABLE ON whodid_shard._tmp_replace_* TO whodid_migrator;
GRANT TABLE ENGINE ON MergeTree TO whodid_migrator;
GRANT TABLE ENGINE ON ReplicatedMergeTree TO whodid_migrator;
GRANT TABLE ENGINE ON Distributed TO whodid_migrator;
GRANT SELECT ON system.server_settings TO whodid_migrator;
GRANT SELECT ON system.parts TO whodid_migrator;
GRANT SELECT ON system.parts_columns TO whodid_migrator;
GRANT SELECT ON system.mutations TO whodid_migrator;
GRANT SELECT ON system.merges TO whodid_migrator;
GRANT SELECT ON system.metrics TO whodid_migrator;
GRANT SELECT ON system.events TO whodid_migrator;
GRANT SELECT ON system.asynchronous_metrics TO whodid_migrator;
GRANT SELECT ON system.disks TO whodid_migrator;
GRANT SELECT ON system.errors TO whodid_migrator;
GRANT SELECT ON system.query_log TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.spans FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.actions FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.acts FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.contents FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.threads FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.reads FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.case_entries FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.people FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.findings FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.finding_triage FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.detection_runs FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid.finding_responses FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.spans FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.actions FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.acts FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.contents FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.threads FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.reads FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.case_entries FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.people FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.findings FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.finding_triage FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.detection_runs FOR SELECT USING 1 TO whodid_migrator;
CREATE ROW POLICY IF NOT EXISTS whodid_migrator ON whodid_shard.finding_responses FOR SELECT USING 1 TO whodid_migrator;
