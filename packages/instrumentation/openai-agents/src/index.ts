export { whodidTraceProcessor } from './whodid-trace-processor.ts'
