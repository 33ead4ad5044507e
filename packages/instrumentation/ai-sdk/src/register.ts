/** Records every call of the AI SDK 7 in this process: `import '@whodid/ai-sdk/register'`. Earlier versions need the tracer at each call. */
import * as ai from 'ai'
import { whodidTelemetry } from './whodid-telemetry.ts'

if ('registerTelemetry' in ai) ai.registerTelemetry(whodidTelemetry())
else
  process.stderr.write(
    'whodid: this version of the AI SDK has no process-wide telemetry: give whodidTracer() to each call\n',
  )
