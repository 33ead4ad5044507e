import { createHash } from 'node:crypto'
import { forEachUser, grantsIn, userRights } from './grants.ts'
import type { EngineUser, UserRights } from './grants.ts'
import { escapeXml } from './server-xml.ts'

const userNames = Object.values(forEachUser((user) => user))

/**
 * The engine's `users.xml`: the users of `userRights`, each with its password's hash, from loopback only.
 *
 * `default` is the user as which the library runs the statement that opens the port; the library gives it no password and
 * an address of 127.0.0.1, so neither can keep others out. Others are kept out because its one session is taken before the
 * port opens.
 */
export function usersXml(
  passwords: Readonly<Record<EngineUser, string>>,
  databases: readonly string[] = ['whodid'],
): string {
  return `<clickhouse>
<profiles>
<default/>
<boot>
<max_sessions_for_user>1</max_sessions_for_user>
<max_concurrent_queries_for_user>1</max_concurrent_queries_for_user>
<constraints><max_sessions_for_user><const/></max_sessions_for_user><max_concurrent_queries_for_user><const/></max_concurrent_queries_for_user></constraints>
</boot>
${userNames.map((user) => profileXml(userRights[user])).join('\n')}
</profiles>
<quotas><default/></quotas>
<users>
<default>
<password></password>
<networks><ip>127.0.0.1</ip></networks>
<profile>boot</profile>
<quota>default</quota>
<grants>
<query>GRANT SYSTEM LISTEN ON *.*</query>
<query>GRANT CREATE ARBITRARY TEMPORARY TABLE ON *.*</query>
<query>GRANT TABLE ENGINE ON File</query>
</grants>
</default>
${userNames.map((user) => userXml(userRights[user], passwords[user], databases)).join('\n')}
</users>
</clickhouse>
`
}

function profileXml(user: UserRights): string {
  const settings = user.settings.map(
    (setting) => `<${setting.name}>${escapeXml(String(setting.value))}</${setting.name}>`,
  )
  const constraints = user.settings
    .filter((setting) => setting.changeable === true || setting.max !== undefined)
    .map((setting) => {
      const max = setting.max === undefined ? '' : `<max>${setting.max}</max>`
      const changeable = setting.changeable === true ? '<changeable_in_readonly/>' : ''
      return `<${setting.name}>${max}${changeable}</${setting.name}>`
    })
  return `<${user.username}>${settings.join('')}<constraints>${constraints.join('')}</constraints></${user.username}>`
}

function userXml(user: UserRights, password: string, names: readonly string[]): string {
  const hash = createHash('sha256').update(password).digest('hex')
  const grants = grantsIn(user, names).map(
    (grant) => `<query>GRANT ${escapeXml(`${grant.privileges} ON ${grant.on}`)}</query>`,
  )
  const filters = Object.entries(user.rowFilters).map(
    ([table, filter]) => `<${table}><filter>${escapeXml(filter)}</filter></${table}>`,
  )
  const databases =
    filters.length === 0
      ? ''
      : `<databases>${names.map((name) => `<${name}>${filters.join('')}</${name}>`).join('')}</databases>`
  return `<${user.username}>
<password_sha256_hex>${hash}</password_sha256_hex>
<networks><ip>127.0.0.1</ip></networks>
<profile>${user.username}</profile>
<quota>default</quota>
<grants>
${grants.join('\n')}
</grants>
${databases}
</${user.username}>`
}
