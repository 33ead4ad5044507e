import { createRoute, z } from '@hono/zod-openapi'
import {
  revocationActionSchema,
  revocationSchema,
  revocationsSchema,
  revocationTargetSchema,
} from '@whodid/model/answers'
import { countSchema, lineSchema } from './parameter-schemas.ts'
import { answered, caseHeader, everyBody, everyRead, everyRoute } from './route-parts.ts'
import { problems, tokenSecurity as security } from './route-parts.ts'

/** Largest number of a revocation. */
export const seqMax = 999_999_999
/** Revocations in one list. */
export const listLimit = 1_000
/** Longest cause, in characters. */
export const causeLengthMax = 1_000

const since = countSchema(0, seqMax)
  .optional()
  .describe('Only revocations with a higher number; default 0')

/** `POST /v1/revocations` */
export const revokeRoute = createRoute({
  method: 'post',
  path: '/v1/revocations',
  operationId: 'revoke',
  summary: 'Stop, pause or resume an agent',
  description:
    'Durable and in force before it is answered, also while ClickHouse is down. Never stops a person, nor a template that is not itself the target. Recorded in the ledger. For the admin token.',
  security,
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              action: revocationActionSchema,
              target: revocationTargetSchema,
              cascade: z
                .boolean()
                .optional()
                .describe('Default true: the agents that the target started are stopped with it'),
              cause: lineSchema(causeLengthMax).describe(
                'Why; stands in the ledger for ever, so name no person: 1–1,000 characters',
              ),
            })
            .openapi('RevocationRequest'),
        },
      },
    },
  },
  responses: {
    ...answered('It is in force', revocationSchema),
    ...problems(
      ...everyRoute,
      ...everyBody,
      'unauthenticated',
      'too_many_requests',
      'not_found',
      'log_full',
      'log_failed',
    ),
  },
})

/** `GET /v1/revocations` */
export const revocationsRoute = createRoute({
  method: 'get',
  path: '/v1/revocations',
  operationId: 'listRevocations',
  summary: 'The revocations, oldest first',
  description: `At most ${listLimit} at once: ask again with the last number as \`since\`. The read itself is recorded.`,
  security,
  request: { headers: caseHeader, query: z.object({ since }) },
  responses: {
    ...answered('The revocations', revocationsSchema),
    ...problems(...everyRead, 'not_found'),
  },
})

/** `GET /v1/revocations/stream` */
export const revocationStreamRoute = createRoute({
  method: 'get',
  path: '/v1/revocations/stream',
  operationId: 'followRevocations',
  summary: 'Revocations as they come into force',
  description:
    'Server-sent events: `revocation` for each, with its number as ID, and `alive` every 2 s with the newest number. A client that has seen neither for 10 s must not rely on what it knows. Any token of the tenant may listen, the ingest token too; cause and initiator are not told.',
  security,
  request: { query: z.object({ since }) },
  responses: {
    200: {
      description: 'Events',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems(
      ...everyRoute,
      'unauthenticated',
      'too_many_requests',
      'not_found',
      'invalid_cursor',
    ),
  },
})
