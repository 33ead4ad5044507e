export { runAgent } from './run-agent.ts'
export { captures } from './run-options.ts'
export type { Capture, Environment, Ledger, RunContext, RunEnd, RunOptions } from './run-options.ts'
