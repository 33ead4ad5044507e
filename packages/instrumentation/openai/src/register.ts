/** Records every client of the OpenAI SDK in this process: `import '@whodid/openai/register'`. */
import { createRequire } from 'node:module'
import OpenAI from 'openai'
import { recordEveryClient } from './record-openai.ts'

recordEveryClient(OpenAI)
// The SDK has a second copy of its class for code that requires it. It is typed as the first.
recordEveryClient(createRequire(import.meta.url)('openai') as typeof OpenAI)
