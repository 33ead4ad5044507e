import { createRoute, z } from '@hono/zod-openapi'
import { handleLengthMax } from '@whodid/model'
import { authorityAnswerSchema } from '@whodid/model/answers'
import { describeAuthority, parseAuthorityQuestion, toolLengthMax } from '@whodid/query'
import type { WhoDidSources } from '@whodid/query'
import { idSchema, instantSchema, instantText, nameSchema } from './parameter-schemas.ts'
import { answered, caseHeader, everyRead, problems, readers } from './route-parts.ts'
import { tokenSecurity as security } from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/authority` */
export const authorityRoute = createRoute({
  method: 'get',
  path: '/v1/authority',
  operationId: 'describeAuthority',
  summary: 'What was an instance allowed, and why?',
  description:
    'The version of its template in the registry, the delegations, approvals and credentials on record, and the orders to stop it, as the ledger had them at an instant. With `tool` or `resource`, if the registry allowed that. What is not stated is unknown, and never allowed. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      instance: idSchema('instance').describe('The instance’s ID'),
      at: instantSchema
        .optional()
        .describe(`By what the ledger had received by then; default now. ${instantText}`),
      tool: nameSchema(toolLengthMax).optional().describe('Was this tool allowed?'),
      resource: nameSchema(handleLengthMax - 'resource:'.length)
        .optional()
        .describe('Was this resource allowed? An ID or a well-known URL'),
    }),
  },
  responses: {
    ...answered('The authority', authorityAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

/** The ports of the answer. */
export interface AuthorityDeps extends QuestionDeps {
  readonly sources: Pick<WhoDidSources, 'trees' | 'watch' | 'revocations'>
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers authorityRoute. */
export function answerAuthority(deps: AuthorityDeps): Handler<typeof authorityRoute> {
  const { selector, recordedRead, sources, now } = deps
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseAuthorityQuestion(asked, now())
    const { tenant } = c.get('token')
    const run = () => describeAuthority({ ...sources, selector }, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
