/** Records every client of the Anthropic SDK in this process: `import '@whodid/anthropic/register'`. */
import { createRequire } from 'node:module'
import * as anthropic from '@anthropic-ai/sdk'
import { recordEveryClient } from './record-anthropic.ts'
import type { AnthropicClasses } from './record-anthropic.ts'

recordEveryClient(anthropic)
// The SDK has a second copy of its classes for code that requires it. It is typed as the first.
recordEveryClient(createRequire(import.meta.url)('@anthropic-ai/sdk') as AnthropicClasses)
