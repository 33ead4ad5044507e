import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { formatInstant, printableLine, WhodidError } from '@whodid/model'
import {
  revocationActionSchema,
  revocationSchema,
  revocationsSchema,
  revocationTargetSchema,
} from '@whodid/model/answers'
import type { Role } from '../api-options.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import type { RecordedRevocation, RevocationService } from '../revocation-service.ts'
import { countSchema, lineSchema } from './parameter-schemas.ts'
import { createRevocationStreams } from './revocation-stream.ts'
import { answered, caseHeader, everyBody, everyRead, everyRoute } from './route-parts.ts'
import { problems, readers, tokenSecurity as security } from './route-parts.ts'
import type { Handler } from './route-parts.ts'

const seqMax = 999_999_999
const listLimit = 1_000
const causeLengthMax = 1_000
const targetLengthMax = 2_048

const since = countSchema(0, seqMax)
  .optional()
  .describe('Only revocations with a higher number; default 0')

const revokeRoute = createRoute({
  method: 'post',
  path: '/v1/revocations',
  operationId: 'revoke',
  summary: 'Stop, pause or resume an agent',
  description:
    'Durable and in force before it is answered, also while ClickHouse is down. Never stops a person, nor a template that is not itself the target. Recorded in the ledger. For the admin token.',
  security,
  request: {
    headers: caseHeader,
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

const revocationsRoute = createRoute({
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

const revocationStreamRoute = createRoute({
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

/** The ports of the kill switch. */
export interface RevocationDeps {
  /** Without it the routes answer `not_found`. */
  readonly revocations: RevocationService | undefined
  readonly recordedRead: RecordedRead
  readonly stopping: AbortSignal
}

/** Adds the routes of the kill switch. */
export function addRevocations(app: OpenAPIHono<ApiEnv>, deps: RevocationDeps): void {
  app.openapi(revokeRoute, answerRevoke(deps))
  app.openapi(revocationsRoute, answerRevocations(deps))
  app.openapi(revocationStreamRoute, answerStream(deps))
}

/** Its own record in the ledger is the record of the request, so that it does not wait for the access log. */
function answerRevoke({ revocations }: RevocationDeps): Handler<typeof revokeRoute> {
  return async (c) => {
    const { tenant, name } = allowedToken(c, ['admin'])
    const { action, target, cascade = true, cause } = c.req.valid('json')
    const revocation = await present(revocations).revoke({
      tenant,
      action,
      target: { kind: target.kind, id: line('id', target.id, targetLengthMax) },
      cascade,
      cause: line('cause', cause, causeLengthMax),
      initiator: name,
    })
    return c.json(shape(revocation), 200)
  }
}

function answerRevocations({
  revocations,
  recordedRead,
}: RevocationDeps): Handler<typeof revocationsRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const { tenant } = c.get('token')
    const run = () => {
      const service = present(revocations)
      const list = service.list(tenant, sinceOf(asked.since), listLimit).map(shape)
      return Promise.resolve({ revocations: list, newest_seq: service.newestSeq(tenant) })
    }
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

function answerStream({
  revocations,
  stopping,
}: RevocationDeps): Handler<typeof revocationStreamRoute> {
  const open = revocations && createRevocationStreams(revocations, stopping)
  return (c) => {
    const { tenant } = allowedToken(c, ['ingest', ...readers])
    present(revocations)
    const response = c.env.outgoing
    // A request without a socket, made in this process, has nothing that could be kept open; nobody reads the body of a HEAD.
    if (response === undefined || !('writeHead' in response) || c.req.method === 'HEAD')
      return new Response(null, { headers: { 'content-type': 'text/event-stream' } })
    open?.({
      tenant,
      since: sinceOf(c.req.valid('query').since ?? c.req.header('last-event-id')),
      response,
      headers: {
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'whodid-request-id': c.get('requestId'),
      },
    })
    // A response of its own, because the headers of the shared one would be changed.
    return new Response(null, { headers: RESPONSE_ALREADY_SENT.headers })
  }
}

function allowedToken(c: Context<ApiEnv>, roles: readonly Role[]): ApiEnv['Variables']['token'] {
  const token = c.get('token')
  if (roles.includes(token.role)) return token
  throw new WhodidError(
    'forbidden',
    `the token "${token.name}" has the role "${token.role}"; expected "${roles.join('" or "')}"`,
  )
}

function present(revocations: RevocationService | undefined): RevocationService {
  if (revocations !== undefined) return revocations
  throw new WhodidError('not_found', 'this Whodid stops no agents: it runs without revocations')
}

function sinceOf(text: string | undefined): number {
  const number = text === undefined ? 0 : /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN
  if (number <= seqMax) return number
  throw new WhodidError('invalid_parameter', '"since" expected the number of a revocation')
}

function line(field: string, text: string, max: number): string {
  const printed = printableLine(text.trim(), text.length + 1)
  const count = Array.from(printed).length
  if (count >= 1 && count <= max) return printed
  throw new WhodidError(
    'invalid_parameter',
    `"${field}" expected 1–${max} characters; got ${count}`,
  )
}

function shape(revocation: RecordedRevocation): z.infer<typeof revocationSchema> {
  const { seq, id, action, target, cascade, cause, initiator, atUnixNs, record } = revocation
  const at = formatInstant(atUnixNs)
  return { seq, id, action, target, cascade, cause, initiator, at, record }
}
