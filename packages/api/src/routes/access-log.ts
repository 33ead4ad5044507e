import { createRoute, z } from '@hono/zod-openapi'
import { accessLogAnswerSchema } from '@whodid/model/answers'
import { accessLogMax, listAccessLog, parseAccessLogLimit } from '@whodid/query'
import { countSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/reads` */
export const accessLogRoute = createRoute({
  method: 'get',
  path: '/v1/reads',
  operationId: 'listReads',
  summary: 'Who read the ledger',
  description:
    'The newest recorded reads, newest first. For the admin token. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      limit: countSchema(1, accessLogMax)
        .optional()
        .describe(`How many to give: 1–${accessLogMax}, default 100`),
    }),
  },
  responses: {
    ...answered('The reads', accessLogAnswerSchema),
    ...problems(...everyRead),
  },
})

/** Answers accessLogRoute. */
export function answerAccessLog({
  selector,
  recordedRead,
  readsStored,
}: QuestionDeps): Handler<typeof accessLogRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const limit = parseAccessLogLimit(asked.limit)
    const { tenant } = c.get('token')
    const run = async () => {
      await readsStored()
      return { reads: await listAccessLog(selector, tenant, limit) }
    }
    return c.json(await recordedRead(c, { roles: ['admin'], question: asked }, { run }), 200)
  }
}
