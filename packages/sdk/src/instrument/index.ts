export { asModelScope, openAgent, openDelegate, openModelCall, openTool } from './open.ts'
export type { Open, OpenModel, OpenRun, OpenTool } from './open.ts'
export { openFrameworkRun, promptOptionsOf, toolOptionsOf } from './integration-options.ts'
export type {
  FrameworkRun,
  IntegrationOptions,
  RequestedTool,
  ToolDescription,
} from './integration-options.ts'
export { ModelTurns } from './model-turns.ts'
export type { AskedCall, ModelClientOptions, ModelRequest } from './model-turns.ts'
export { recordAttempt } from './record-attempt.ts'
export type { AnswerReader } from './record-attempt.ts'
export { NeverEnded, OpenCalls } from './open-calls.ts'
export { addScopeSource, enclosingScope } from '../context/scope.ts'
export type { FrameworkScope, Scope, ScopeSource } from '../context/scope.ts'
export { guard } from '../runtime.ts'
export { disownSpan } from '../opentelemetry/application-spans.ts'
