export { whodidTelemetry } from './whodid-telemetry.ts'
export { whodidTracer } from './whodid-tracer.ts'
