import { createRoute, z } from '@hono/zod-openapi'
import type { ContentReader } from '@whodid/content'
import { findAnswerSchema } from '@whodid/model/answers'
import {
  candidatesLimit,
  clueLengthMax,
  clueTakenMax,
  find,
  parseFindQuestion,
} from '@whodid/query'
import { instantSchema, instantText, limitSchema, lineSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/find` */
export const findRoute = createRoute({
  method: 'get',
  path: '/v1/find',
  operationId: 'find',
  summary: 'What may this clue mean?',
  description: `Takes any text: an e-mail address, a hash or the beginning of one, an ID, a host, a path, a URL, the name of a tool, words of a prompt, "what was deleted on Tuesday". Answers with what it may mean on record, each with the question that it leads to, and with what was looked at and how far. Nothing found is 200 without candidates. Of a clue the first ${clueLengthMax} characters are read. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      q: lineSchema(clueTakenMax).describe('The clue').meta({ example: 'acme/app#812' }),
      after: instantSchema
        .optional()
        .describe(`Only what was done at or after this. ${instantText}`),
      before: instantSchema
        .optional()
        .describe(`Only what was done at or before this. ${instantText}`),
      zone: z
        .string()
        .min(1)
        .meta({ pattern: '^(?:UTC|[A-Z][A-Za-z_]+/[A-Za-z_+-]+)$', maxLength: 64 })
        .optional()
        .describe('The time zone of days that the clue names, such as Europe/Berlin; default UTC'),
      limit: limitSchema(candidatesLimit, 'How many candidates to give'),
    }),
  },
  responses: {
    ...answered('What the clue may mean', findAnswerSchema),
    ...problems(...everyRead, 'invalid_time'),
  },
})

/** The ports of findRoute. */
interface FindDeps extends QuestionDeps {
  readonly contents: ContentReader
  /** Nanoseconds since 1970: what "yesterday" counts from. */
  readonly now: () => bigint
}

/** Answers findRoute. */
export function answerFind({
  selector,
  contents,
  recordedRead,
  now,
}: FindDeps): Handler<typeof findRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseFindQuestion(asked, Number(now() / 1_000_000n))
    const { tenant } = c.get('token')
    const run = () => find({ selector, contents }, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
