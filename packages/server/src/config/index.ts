export { readSettings } from './read-settings.ts'
export type { Environment, Settings } from './read-settings.ts'
export {
  hostCheckOf,
  isLoopback,
  readApiUrl,
  readDataDir,
  readKeysConfig,
  readServiceConfig,
} from './service-config.ts'
export type { LedgerAccess } from './read-ledger.ts'
export type { ServiceConfig } from './service-config.ts'
export { describeSetting, settingKeys, variableOf } from './settings-schema.ts'
export type { SettingGroup, SettingInfo } from './settings-schema.ts'
export type { SettingKey, SettingValues } from './setting-values.ts'
