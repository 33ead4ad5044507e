import { createRoute, z } from '@hono/zod-openapi'
import { delegatorAnswerSchema } from '@whodid/model/answers'
import { describeDelegator, latestActsLimit, parseDelegatorQuestion } from '@whodid/query'
import { idParameter, limitSchema, listTimes } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/delegators/{id}` */
export const delegatorRoute = createRoute({
  method: 'get',
  path: '/v1/delegators/{id}',
  operationId: 'describeDelegator',
  summary: 'What a human or service did, and what was done for it',
  description: `Direct and delegated acts, apart: how many, which verbs, since when, the newest of each, and the agents that acted for it. Each record is judged by its own claims alone; \`/v1/who-did\` of its span weighs all the evidence. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    params: idParameter('delegator'),
    query: z.object({
      ...listTimes,
      limit: limitSchema(latestActsLimit, 'How many of the newest acts of each kind to give'),
    }),
  },
  responses: {
    ...answered('The delegator', delegatorAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

/** Answers delegatorRoute. */
export function answerDelegator({
  selector,
  recordedRead,
}: QuestionDeps): Handler<typeof delegatorRoute> {
  return async (c) => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    const question = parseDelegatorQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => describeDelegator(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
