export { createConsole } from './console.ts'
export type { Console, ConsoleOptions } from './console-options.ts'
export type { GroupRule, OidcOptions } from './oidc/oidc-options.ts'
