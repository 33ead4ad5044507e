import { forEachUser } from '@whodid/engine'
import type { EngineUser } from '@whodid/engine'
import type { StoreAccess } from '@whodid/store'
import { invalidSetting } from './read-settings.ts'
import type { Settings } from './read-settings.ts'
import type { SettingKey } from './setting-values.ts'

/** The users of the ledger, each with its own access. */
export type LedgerAccess = Readonly<Record<EngineUser, StoreAccess>>

/** Reads the access to a ClickHouse of one's own; undefined for the embedded engine. Throws `invalid_config` for a password that is missing. */
export function readLedger(
  settings: Settings,
  users: readonly EngineUser[] | undefined,
): LedgerAccess | undefined {
  const url = settings.value('clickhouse_url')
  if (url === undefined) return undefined
  const missing: EngineUser[] = []
  const access = forEachUser((user) => {
    const password = settings.value(passwordKey(user))
    if (password === undefined && (users?.includes(user) ?? true)) missing.push(user)
    return { url, username: `whodid_${user}`, password: password ?? '' }
  })
  const [first] = missing
  if (first === undefined) return access
  const names = missing.map((user) => settings.nameOf(passwordKey(user))).join(', ')
  throw invalidSetting(
    names,
    missing.length === 1
      ? `the password of whodid_${first}, since CLICKHOUSE_URL is set`
      : 'the passwords of these users, since CLICKHOUSE_URL is set',
    undefined,
  )
}

function passwordKey(user: EngineUser): SettingKey & `clickhouse_${EngineUser}_password` {
  return `clickhouse_${user}_password`
}
