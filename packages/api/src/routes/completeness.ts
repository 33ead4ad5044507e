import { createRoute, z } from '@hono/zod-openapi'
import { completenessAnswerSchema } from '@whodid/model/answers'
import {
  completenessRecordsMax,
  describeCompleteness,
  parseCompletenessQuestion,
} from '@whodid/query'
import type { LogTrees } from '@whodid/tlog-posix'
import { idSchema, listTimes } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/completeness` */
export const completenessRoute = createRoute({
  method: 'get',
  path: '/v1/completeness',
  operationId: 'describeCompleteness',
  summary: 'Is the record of an agent’s run whole?',
  description: `Says whether every number that the instance gave to its records has come, sealed and unaltered, up to the end of the time; and where not, which numbers are missing and when they must have been given. At most ${completenessRecordsMax} records are looked at, each hashed and held against its log. What an agent did and numbered nowhere it cannot know. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      instance: idSchema('instance').describe('The instance’s ID'),
      ...listTimes,
    }),
  },
  responses: {
    ...answered('What is known of its completeness', completenessAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

/** Answers completenessRoute. */
export function answerCompleteness({
  selector,
  trees,
  recordedRead,
}: QuestionDeps & { readonly trees: LogTrees | undefined }): Handler<typeof completenessRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseCompletenessQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => describeCompleteness({ selector, trees }, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
