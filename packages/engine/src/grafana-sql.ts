import type { UserRights } from './grants.ts'
import { userSql } from './users-sql.ts'

const timeSeconds = 60
/** Grafana's driver sends its own deadline and five seconds more: the data source's limit must stay below this. */
const timeSecondsMax = 120
const memoryBytesMax = 2_000_000_000
const rowsReadMax = 200_000_000
const rowsResultMax = 100_000
const bytesResultMax = 67_108_864
const setRowsMax = 1_000_000
const queriesMax = 16

/** The tenant of the records in which the ledger speaks of itself: heartbeats, keys, damage. They hold nothing of anybody's. */
const ledgerTenant = 'whodid.system'

/**
 * The rights of the user as which Grafana reads one tenant. Any viewer of a data source may send it any statement, so the tenant stands
 * in the row policy and in no setting that a statement could change; nothing but Grafana's deadline and its ad-hoc filters can be
 * changed. The tables are granted because the views run with the caller's rights; of texts and of the access log it sees nothing.
 */
function grafanaRights(name: string, tenant: string): UserRights {
  const filter = `tenant IN ('${tenant}', '${ledgerTenant}')`
  const tables = 'spans actions threads findings finding_triage finding_responses'.split(' ')
  return {
    username: `whodid_grafana_${name}`,
    purpose: 'reads the dashboards of one tenant, within bounds',
    grants: [
      ...tables.map((table) => ({ privileges: 'SELECT', on: `whodid.${table}` })),
      { privileges: 'SELECT', on: 'whodid.who_did*' },
      { privileges: 'SELECT', on: 'whodid.v_*' },
    ],
    settings: [
      { name: 'readonly', value: 1 },
      { name: 'distributed_product_mode', value: 'global' },
      { name: 'max_execution_time', value: timeSeconds, changeable: true, max: timeSecondsMax },
      { name: 'additional_table_filters', value: '{}', changeable: true },
      { name: 'max_memory_usage', value: memoryBytesMax },
      { name: 'max_rows_to_read', value: rowsReadMax },
      { name: 'max_result_rows', value: rowsResultMax },
      { name: 'max_result_bytes', value: bytesResultMax },
      { name: 'max_rows_in_set', value: setRowsMax },
      { name: 'set_overflow_mode', value: 'throw' },
      { name: 'max_concurrent_queries_for_user', value: queriesMax },
      // The views have many columns, and analysing each AND over them finds nothing to simplify: see the reader.
      { name: 'optimize_and_compare_chain', value: 0 },
    ],
    rowFilters: Object.fromEntries(tables.map((table) => [table, filter])),
  }
}

const preamble = `-- The user as which Grafana reads one tenant of the ledger. Fill in <name> (letters, digits, _), <tenant> and the SHA-256 of the password,
-- then run it as an administrator, once for each tenant; each has a data source of its own. See docs/howto/grafana.md.
`

/**
 * The text of `clickhouse/grafana/user.sql`, with places to fill in: the name, the tenant, the SHA-256 of the password. With
 * `ledgerDatabases` it is `clickhouse/cluster/grafana-user.sql`.
 */
export function grafanaSql(databases: readonly string[] = ['whodid']): string {
  return `${preamble}\n${userSql(grafanaRights('<name>', '<tenant>'), databases)}`
}
