-- The user as which Grafana reads one tenant of the ledger. Fill in <name> (letters, digits, _), <tenant> and the SHA-256 of the password,
-- then run it as an administrator, once for each tenant; each has a data source of its own. See docs/howto/grafana.md.

-- whodid_grafana_<name> reads the dashboards of one tenant, within bounds.
CREATE SETTINGS PROFILE IF NOT EXISTS whodid_grafana_<name> SETTINGS readonly = 1, distributed_product_mode = 'global', max_execution_time = 60 MAX 120 CHANGEABLE_IN_READONLY, additional_table_filters = '{}' CHANGEABLE_IN_READONLY, max_memory_usage = 2000000000, max_rows_to_read = 200000000, max_result_rows = 100000, max_result_bytes = 67108864, max_rows_in_set = 1000000, set_overflow_mode = 'throw', max_concurrent_queries_for_user = 16, optimize_and_compare_chain = 0;
CREATE USER IF NOT EXISTS whodid_grafana_<name> IDENTIFIED WITH sha256_hash BY '<sha256 of the password of whodid_grafana_<name>>' SETTINGS PROFILE 'whodid_grafana_<name>';
GRANT SELECT ON whodid.spans TO whodid_grafana_<name>;
GRANT SELECT ON whodid.actions TO whodid_grafana_<name>;
GRANT SELECT ON whodid.threads TO whodid_grafana_<name>;
GRANT SELECT ON whodid.findings TO whodid_grafana_<name>;
GRANT SELECT ON whodid.finding_triage TO whodid_grafana_<name>;
GRANT SELECT ON whodid.finding_responses TO whodid_grafana_<name>;
GRANT SELECT ON whodid.who_did* TO whodid_grafana_<name>;
GRANT SELECT ON whodid.v_* TO whodid_grafana_<name>;
CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.spans FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;
CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.actions FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;
CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.threads FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;
CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.findings FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;
CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.finding_triage FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;
CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.finding_responses FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;
