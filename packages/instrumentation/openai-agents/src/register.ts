/** Records every run of the OpenAI Agents SDK in this process: `import '@whodid/openai-agents/register'`. */
import { addTraceProcessor } from '@openai/agents-core'
import { whodidTraceProcessor } from './whodid-trace-processor.ts'

addTraceProcessor(whodidTraceProcessor())
