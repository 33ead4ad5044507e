import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiOptions } from './api-options.ts'
import { addCustody } from './custody-handlers.ts'
import { addExports } from './export-handlers.ts'
import { addProofs } from './proof-handlers.ts'
import type { RecordedRead } from './recorded-read.ts'
import type { ApiEnv } from './request-scope.ts'

/** Adds what concerns the evidence itself: erasing and holding it, proving it, handing it over. */
export function addEvidence(
  app: OpenAPIHono<ApiEnv>,
  options: ApiOptions,
  recordedRead: RecordedRead,
): void {
  addCustody(app, options, recordedRead)
  addProofs(app, options, recordedRead)
  addExports(app, options, recordedRead)
}
