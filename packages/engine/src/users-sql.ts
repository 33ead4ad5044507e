import { grantsIn, userRights } from './grants.ts'
import type { ProfileSetting, UserRights } from './grants.ts'

/**
 * The users of the embedded engine as SQL for a cluster: the text of `clickhouse/users.sql`.
 *
 * Each password stands as a placeholder that is no SHA-256, so that the file cannot be run before it is filled in.
 * With `ledgerDatabases` it is `clickhouse/cluster/users.sql`: a shard's own tables want the rights of the tables over them.
 */
export function usersSql(databases: readonly string[] = ['whodid']): string {
  const users = Object.values(userRights).map((user) => userSql(user, databases))
  return `${preamble}\n${users.join('\n')}`
}

const preamble = `-- The users of a ClickHouse cluster reached by CLICKHOUSE_URL, with the rights the embedded engine gives them.
-- Put the SHA-256 of each password, in hex, in place of <sha256 of …>, then run it once as an administrator; add
-- ON CLUSTER where the access storage is not replicated. Server configuration these rights count on:
-- access_control_improvements/table_engines_require_grant, select_from_system_db_requires_grant and
-- select_from_information_schema_requires_grant, all true.
`

/** One user as SQL: its profile, its grants and its row policies, each a statement on its line. */
export function userSql(user: UserRights, databases: readonly string[]): string {
  const name = user.username
  const settings =
    user.settings.length === 0 ? '' : ` SETTINGS ${user.settings.map(settingSql).join(', ')}`
  return [
    `-- ${name} ${user.purpose}.`,
    `CREATE SETTINGS PROFILE IF NOT EXISTS ${name}${settings};`,
    `CREATE USER IF NOT EXISTS ${name} IDENTIFIED WITH sha256_hash BY '<sha256 of the password of ${name}>' SETTINGS PROFILE '${name}';`,
    ...grantsIn(user, databases).map(
      (grant) => `GRANT ${grant.privileges} ON ${grant.on} TO ${name};`,
    ),
    ...databases.flatMap((database) =>
      Object.entries(user.rowFilters).map(
        ([table, filter]) =>
          `CREATE ROW POLICY IF NOT EXISTS ${name} ON ${database}.${table} FOR SELECT USING ${filter} TO ${name};`,
      ),
    ),
    '',
  ].join('\n')
}

function settingSql(setting: ProfileSetting): string {
  const value = typeof setting.value === 'number' ? setting.value : `'${setting.value}'`
  const max = setting.max === undefined ? '' : ` MAX ${setting.max}`
  const changeable = setting.changeable === true ? ' CHANGEABLE_IN_READONLY' : ''
  return `${setting.name} = ${value}${max}${changeable}`
}
