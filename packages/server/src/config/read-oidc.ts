import type { GroupRule, OidcOptions } from '@whodid/console'
import { printableLine } from '@whodid/model'
import { invalidSetting } from './read-settings.ts'
import type { Settings } from './read-settings.ts'
import type { SettingKey } from './setting-values.ts'

const groupsMax = 100

/** What an issuer must have beside it. */
const demanded = ['oidc_client_id', 'oidc_console_url', 'oidc_groups'] as const

/** Every other setting of the sign-in, which means nothing without an issuer. */
const others = [
  ...demanded,
  'oidc_client_secret',
  'oidc_groups_claim',
  'oidc_name_claim',
  'oidc_scopes',
  'oidc_session_minutes',
] as const satisfies readonly SettingKey[]

/**
 * Reads the sign-in with an identity provider; undefined without an issuer. Throws `invalid_config` for a part without the others, for
 * `http` to another machine, and for a group that is no `<role> <tenant> <group>`.
 */
export function readOidc(settings: Settings): OidcOptions | undefined {
  const issuer = settings.value('oidc_issuer')
  if (issuer === undefined) {
    const lone = others.find((key) => settings.value(key) !== undefined)
    if (lone === undefined) return undefined
    throw invalidSetting(
      settings.nameOf('oidc_issuer'),
      `an issuer, since ${settings.nameOf(lone)} is set`,
      undefined,
    )
  }
  const [clientId, consoleUrl, groups] = demanded.map((key) => {
    const value = settings.value(key)
    if (value !== undefined) return value
    const why = `a value, since ${settings.nameOf('oidc_issuer')} is set`
    throw invalidSetting(settings.nameOf(key), why, undefined)
  })
  for (const key of ['oidc_issuer', 'oidc_console_url'] as const) checkTls(settings, key)
  const scopes = settings.value('oidc_scopes') ?? 'openid email'
  if (!scopes.split(' ').includes('openid'))
    throw invalidSetting(settings.nameOf('oidc_scopes'), 'scopes with "openid" among them', scopes)
  return {
    issuer,
    clientId: clientId ?? '',
    clientSecret: settings.value('oidc_client_secret'),
    consoleUrl: consoleUrl ?? '',
    scopes,
    groupsClaim: settings.value('oidc_groups_claim') ?? 'groups',
    nameClaim: settings.value('oidc_name_claim') ?? 'email',
    groupRules: readGroups(settings.nameOf('oidc_groups'), groups ?? ''),
    sessionMs: (settings.value('oidc_session_minutes') ?? 60) * 60_000,
  }
}

/** Codes and tokens go over these addresses. */
function checkTls(settings: Settings, key: 'oidc_issuer' | 'oidc_console_url'): void {
  const text = settings.value(key) ?? ''
  const { protocol, hostname, search, hash } = new URL(text)
  const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u.test(hostname)
  if (protocol !== 'https:' && !isLocal)
    throw invalidSetting(settings.nameOf(key), 'an https URL, or one of this machine', text)
  if (search !== '' || hash !== '')
    throw invalidSetting(settings.nameOf(key), 'a URL without a query and a fragment', text)
}

function readGroups(name: string, text: string): GroupRule[] {
  const lines = text
    .split(/[;\n]/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const expected = `1 to ${groupsMax} of "<investigator|admin> <tenant> <group>", separated by ";"`
  if (lines.length === 0 || lines.length > groupsMax)
    throw invalidSetting(name, expected, printableLine(text, 80))
  return lines.map((line) => {
    const [, role, tenant, group] = /^(\S+) +(\S+) +(\S.*)$/u.exec(line) ?? []
    if (
      (role !== 'investigator' && role !== 'admin') ||
      tenant === undefined ||
      group === undefined
    )
      throw invalidSetting(name, expected, line)
    return { role, tenant, group }
  })
}
