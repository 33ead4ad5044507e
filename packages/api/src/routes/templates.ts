import { createRoute, z } from '@hono/zod-openapi'
import { templatesAnswerSchema } from '@whodid/model/answers'
import { listTemplates, parseTemplatesQuestion, templatesLimit } from '@whodid/query'
import { cursorSchema, limitSchema, listTimes } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/templates` */
export const templatesRoute = createRoute({
  method: 'get',
  path: '/v1/templates',
  operationId: 'listTemplates',
  summary: 'Which agents were at work',
  description: `The inventory of a time, by template: instances, delegators, tools, credentials, first and last seen. \`from\` is required: every record since then is read. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      ...listTimes,
      // Optional to the parser of requests, so that a missing one is refused with `range_required`.
      from: listTimes.from.openapi({ param: { required: true } }),
      limit: limitSchema(templatesLimit, 'How many templates to give'),
      cursor: cursorSchema,
    }),
  },
  responses: {
    ...answered('One page of the inventory', templatesAnswerSchema),
    ...problems(...everyRead, 'invalid_time', 'invalid_cursor', 'range_required'),
  },
})

/** Answers templatesRoute. */
export function answerTemplates({
  selector,
  recordedRead,
}: QuestionDeps): Handler<typeof templatesRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseTemplatesQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => listTemplates(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
