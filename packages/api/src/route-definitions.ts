import { createRoute, z } from '@hono/zod-openapi'
import { whoDidAnswerSchema } from '@whodid/model'
import { accessLogMax } from '@whodid/query'
import {
  caseHeader,
  everyRead,
  everyRoute,
  openSecurity,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import {
  countSchema,
  handleSchema,
  instantSchema,
  instantText,
  verbSchema,
} from './parameter-schemas.ts'

// A copy: a schema made before this library was loaded lacks the method that names it in the document.
/** The answer to one question. */
export const answerSchema = whoDidAnswerSchema.clone().openapi('WhoDidAnswer')

/** What narrows a question beside its handle. */
export const timeOfQuestion = {
  at: instantSchema.optional().describe(`The action is at or before this instant. ${instantText}`),
  as_recorded: instantSchema
    .optional()
    .describe(`Only what the ledger had received by this instant. ${instantText}`),
  from: instantSchema.optional().describe(`Start of the time asked about. ${instantText}`),
  to: instantSchema.optional().describe(`End of the time asked about. ${instantText}`),
  verb: verbSchema.optional().describe('Only actions of this verb, `read` included'),
  limit: countSchema(0, 100)
    .optional()
    .describe('How many alternatives to give: 0–100, default 10'),
}

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
    200: {
      description: 'The answer',
      content: { 'application/json': { schema: answerSchema } },
    },
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

export const tailRoute = createRoute({
  method: 'get',
  path: '/v1/tail',
  operationId: 'tail',
  summary: 'Records as they come in',
  description:
    'One JSON object a line, oldest first. The last line is `{"_end":{…}}`, or `{"_error":{…}}` after a failure: a stream without either was cut off. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      from: instantSchema
        .optional()
        .describe(`Records received after this instant; default one minute ago. ${instantText}`),
      follow: z
        .enum(['true', 'false'])
        .optional()
        .describe('Go on with new records until the client leaves; default false'),
    }),
  },
  responses: {
    200: {
      description: 'Records, one a line',
      content: { 'application/x-ndjson': { schema: z.string() } },
    },
    ...problems(...everyRead, 'invalid_time'),
  },
})

export const readsRoute = createRoute({
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
    200: {
      description: 'The reads',
      content: {
        'application/json': {
          schema: z.object({
            reads: z.array(
              z.object({
                read_at: z.string(),
                request_id: z.string(),
                reader: z.string(),
                role: z.string(),
                route: z.string(),
                question: z.string().describe('The parameters that were asked, as JSON'),
                case_id: z.string().nullable(),
                remote_address: z.string().nullable(),
                user_agent: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    ...problems(...everyRead),
  },
})

export const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'health',
  summary: 'Is the process alive?',
  security: openSecurity,
  responses: {
    200: {
      description: 'It is',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
    },
    ...problems(...everyRoute),
  },
})

export const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'ready',
  summary: 'Can a span be stored and asked about?',
  security: openSecurity,
  responses: {
    200: {
      description: 'It can',
      content: { 'application/json': { schema: z.object({ status: z.literal('ready') }) } },
    },
    ...problems(...everyRoute, 'store_unavailable'),
  },
})

export const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  summary: 'What the service measures',
  description:
    'In Prometheus’ text format. For a token that may read; it is no read of the ledger, so it is not on record.',
  security,
  responses: {
    200: {
      description: 'The measures',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(...everyRoute, 'unauthenticated'),
  },
})

/** Every route here. */
export const coreRoutes = [
  whoDidRoute,
  tailRoute,
  readsRoute,
  healthRoute,
  readyRoute,
  metricsRoute,
] as const
