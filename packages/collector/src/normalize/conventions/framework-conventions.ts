import { adk } from './adk.ts'
import { aiSdk } from './ai-sdk.ts'
import { langfuse } from './langfuse.ts'
import { langsmith } from './langsmith.ts'
import { mastra } from './mastra.ts'
import { openInference } from './openinference.ts'
import { pydanticAi } from './pydantic-ai.ts'
import type { Convention } from './telemetry.ts'
import { traceloop } from './traceloop.ts'
import { voltAgent } from './voltagent.ts'

/** The libraries that have names of their own, or give standard ones a meaning of their own. A record speaks one or two. */
export const frameworkConventions: readonly Convention[] = [
  aiSdk,
  openInference,
  traceloop,
  langsmith,
  langfuse,
  pydanticAi,
  mastra,
  adk,
  voltAgent,
]
