export { agent, delegate } from './verbs/agent.ts'
export type { AgentOptions, DelegateOptions } from './verbs/agent.ts'
export { approval } from './verbs/approval.ts'
export type { Approval, ApprovalOptions } from './verbs/approval.ts'
export type { Carrier } from './context/carrier-scope.ts'
export { captureModes } from './config.ts'
export type {
  Capture,
  ExportLimits,
  Loss,
  LossReason,
  OnUnrecorded,
  RequireStanding,
  StartOptions,
} from './config.ts'
export { contentHash } from './verbs/content.ts'
export { credentialId } from './context/credential.ts'
export type { Credential } from './context/credential.ts'
export { current } from './context/current.ts'
export type { Current } from './context/current.ts'
export { human, service } from './verbs/human.ts'
export type { HumanOptions, ServiceOptions } from './verbs/human.ts'
export type { AgentIdentity, Principal } from './context/identity.ts'
export { input } from './verbs/input.ts'
export type { InputOrigin } from './verbs/input.ts'
export { modelCall } from './verbs/model-call.ts'
export type { ModelAnswer, ModelCall, ModelCallOptions } from './verbs/model-call.ts'
export { plan } from './verbs/plan.ts'
export { childEnvironment, inject } from './context/inject.ts'
export { continueFrom } from './context/carrier-scope.ts'
export { prompt } from './verbs/prompt.ts'
export type { PromptBody, PromptOptions } from './verbs/prompt.ts'
export type { Recorded } from './verbs/record.ts'
export type { Run } from './verbs/session.ts'
export { sqlComment } from './context/current.ts'
export { flush, health, shutdown, start } from './start.ts'
export type { Handle, Health } from './start.ts'
export { whodidSampler } from './opentelemetry/whodid-sampler.ts'
export { whodidSpanProcessor } from './opentelemetry/whodid-span-processor.ts'
export type { SpanProcessorOptions } from './opentelemetry/whodid-span-processor.ts'
export { tool } from './verbs/tool.ts'
export type { ToolBody } from './verbs/tool.ts'
export type { ToolCall } from './verbs/tool-call.ts'
export type { ToolOptions } from './verbs/tool-attributes.ts'
