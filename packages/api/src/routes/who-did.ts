import { createRoute, z } from '@hono/zod-openapi'
import { manyAnswerSchema, whoDidAnswerSchema } from '@whodid/model/answers'
import { checkMany, handlesMax, parseQuestion, whoDid, whoDidMany } from '@whodid/query'
import type { HandleOutcome, WhoDidSources } from '@whodid/query'
import { problemOf } from '../errors/problem.ts'
import type { OnFailure } from '../errors/problem.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import {
  countSchema,
  handleSchema,
  instantSchema,
  instantText,
  verbSchema,
} from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

/** How many alternatives an answer gives. */
export const alternativesLimit = { min: 0, max: 100, default: 10 } as const

/** The parameters that narrow a question beside its handle. */
export const timeOfQuestion = {
  at: instantSchema.optional().describe(`The action is at or before this instant. ${instantText}`),
  as_recorded: instantSchema
    .optional()
    .describe(`Only what the ledger had received by this instant. ${instantText}`),
  from: instantSchema.optional().describe(`Start of the time asked about. ${instantText}`),
  to: instantSchema.optional().describe(`End of the time asked about. ${instantText}`),
  verb: verbSchema.optional().describe('Only actions of this verb, `read` included'),
  limit: countSchema(0, alternativesLimit.max)
    .optional()
    .describe('How many alternatives to give: 0–100, default 10'),
}

/** `GET /v1/who-did` */
export const whoDidRoute = createRoute({
  method: 'get',
  path: '/v1/who-did',
  operationId: 'whoDid',
  summary: 'Who did this?',
  description:
    'The newest successful action other than a read on the handle, at or before `at`: who did it, for whom, from which prompt, through which calls, and what the record does not say. Nothing found is 200 with the verdict `undetermined`. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      of: handleSchema
        .describe(
          'A handle: `<kind>:<id>`, a trace ID, `<trace>-<span>`, a URL or `system:kind:path`',
        )
        .meta({ example: 'github:pull:acme/app/812' }),
      ...timeOfQuestion,
    }),
  },
  responses: {
    ...answered('The answer', whoDidAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

/** The ports of the question of who did it. */
export interface WhoDidDeps {
  /** Its selector is bounded: many questions at once wait for one another. */
  readonly sources: WhoDidSources
  readonly recordedRead: RecordedRead
  readonly onFailure?: OnFailure | undefined
}

/** Answers whoDidRoute. */
export function answerWhoDid({ sources, recordedRead }: WhoDidDeps): Handler<typeof whoDidRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => whoDid(sources, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

/** `POST /v1/who-did` */
export const whoDidManyRoute = createRoute({
  method: 'post',
  path: '/v1/who-did',
  operationId: 'whoDidMany',
  summary: 'Who did these?',
  description: `The question of \`GET /v1/who-did\` for up to ${handlesMax} handles at once, a few SQL statements each. A handle that cannot be answered has a problem in its place, and the others are answered. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              of: z
                .array(z.string())
                .meta({ minItems: 1, maxItems: handlesMax })
                .describe(`1–${handlesMax} handles`),
              ...timeOfQuestion,
            })
            .openapi('ManyQuestion'),
        },
      },
    },
  },
  responses: {
    ...answered('An outcome for each handle, in the order asked', manyAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time', ...everyBody),
  },
})

/** Answers whoDidManyRoute. */
export function answerWhoDidMany({
  sources,
  recordedRead,
  onFailure,
}: WhoDidDeps): Handler<typeof whoDidManyRoute> {
  return async (c) => {
    const asked = c.req.valid('json')
    checkMany(asked)
    const { tenant } = c.get('token')
    const requestId = c.get('requestId')
    const reading = { roles: readers, question: { ...asked, of: JSON.stringify(asked.of) } }
    const outcomes = await recordedRead(c, reading, {
      run: () => whoDidMany(sources, tenant, asked),
    })
    const describe = (outcome: HandleOutcome) => {
      if ('answer' in outcome) return { ...outcome, problem: null }
      const problem = problemOf(outcome.error, requestId)
      if (problem.status >= 500) onFailure?.(requestId, outcome.error)
      return { of: outcome.of, answer: null, problem }
    }
    return c.json({ outcomes: outcomes.map(describe) }, 200)
  }
}
