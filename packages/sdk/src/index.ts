export { agent, delegate } from './agent.ts'
export type { AgentOptions, DelegateOptions } from './agent.ts'
export { approval } from './approval.ts'
export type { Approval, ApprovalOptions } from './approval.ts'
export type { Carrier } from './carrier-scope.ts'
export { captureModes } from './config.ts'
export type {
  Capture,
  ExportLimits,
  Loss,
  LossReason,
  OnUnrecorded,
  StartOptions,
} from './config.ts'
export { contentHash } from './content.ts'
export { credentialId } from './credential.ts'
export type { Credential } from './credential.ts'
export { current } from './current.ts'
export type { Current } from './current.ts'
export { human, service } from './human.ts'
export type { HumanOptions, ServiceOptions } from './human.ts'
export type { AgentIdentity, Principal } from './identity.ts'
export { input } from './input.ts'
export type { InputOrigin } from './input.ts'
export { plan } from './plan.ts'
export { childEnvironment, inject } from './inject.ts'
export { continueFrom } from './continue-from.ts'
export { prompt } from './prompt.ts'
export type { PromptBody, PromptOptions, Recorded } from './prompt.ts'
export type { Run } from './session.ts'
export { sqlComment } from './sql-comment.ts'
export { flush, health, shutdown, start } from './start.ts'
export type { Handle, Health } from './start.ts'
export { tool } from './tool.ts'
export type { ToolBody } from './tool.ts'
export type { ToolCall } from './tool-handle.ts'
export type { ToolOptions } from './tool-options.ts'
