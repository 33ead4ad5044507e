export type { ToolRule } from './observe/describe-call.ts'
export { recordProxied } from './record-proxied.ts'
export type { ProxyTarget, RecordProxiedOptions } from './record-proxied.ts'
