import { createRoute, z } from '@hono/zod-openapi'
import { ghostsAnswerSchema } from '@whodid/model/answers'
import { ghosts, ghostsLimit, parseGhostsQuestion, personIn } from '@whodid/query'
import type { PeopleBook } from '@whodid/query'
import { limitSchema, listTimes } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/ghosts` */
export const ghostsRoute = createRoute({
  method: 'get',
  path: '/v1/ghosts',
  operationId: 'listGhosts',
  summary: 'Acts whose actor is not who they seem',
  description:
    'Holds the imported events of a period against the acts on record: acts under a person’s name that were an agent’s, acts that no record explains, and records that a log which declares its coverage does not have. The counts are of the whole period; each list is cut at `limit`, oldest first. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      ...listTimes,
      from: listTimes.from.openapi({ param: { required: true } }),
      limit: limitSchema(ghostsLimit, 'How many entries of each list to give'),
    }),
  },
  responses: {
    ...answered('The report', ghostsAnswerSchema),
    ...problems(...everyRead, 'invalid_time', 'range_required'),
  },
})

/** The ports of ghostsRoute. */
interface GhostsDeps extends QuestionDeps {
  readonly book: PeopleBook
  /** Nanoseconds since 1970: the end of a period that names none. */
  readonly now: () => bigint
}

/** Answers ghostsRoute. */
export function answerGhosts({
  selector,
  recordedRead,
  book,
  now,
}: GhostsDeps): Handler<typeof ghostsRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseGhostsQuestion(asked, now())
    const { tenant } = c.get('token')
    const run = async () => {
      const { people, statements } = await book.of(tenant, question.time.asRecorded)
      const answer = await ghosts(selector, tenant, { ...question, personOf: personIn(people) })
      const { cost } = answer
      return { ...answer, cost: { ...cost, statements: cost.statements + statements } }
    }
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
