import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { formatInstant, printableLine, WhodidError } from '@whodid/model'
import type { ApiToken, Role } from '../api-options.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import type { RecordedRevocation, RevocationService } from '../revocation-service.ts'
import {
  causeLengthMax,
  listLimit,
  revocationsRoute,
  revocationStreamRoute,
  revokeRoute,
  seqMax,
} from './revocation-routes.ts'
import { createRevocationStreams } from './revocation-stream.ts'
import { readers } from './route-parts.ts'
import type { Handler } from './route-parts.ts'

const targetLengthMax = 2_048

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
    const { tenant, name } = allowedToken(c.get('token'), ['admin'])
    const { action, target, cascade = true, cause } = c.req.valid('json')
    const revocation = await present(revocations).revoke({
      tenant,
      action,
      target: { kind: target.kind, id: exactName(target.id) },
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
    const { tenant } = allowedToken(c.get('token'), ['ingest', ...readers])
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

function allowedToken(token: ApiToken, roles: readonly Role[]): ApiToken {
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

/** The ID as it is given: on one line, or without the space at its end, it may be that of another agent. */
function exactName(text: string): string {
  const count = Array.from(text).length
  if (text.trim() !== '' && count <= targetLengthMax && text.isWellFormed()) return text
  throw new WhodidError(
    'invalid_parameter',
    `"id" expected 1–${targetLengthMax} characters, not all of them spaces; got ${count}`,
  )
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

type ShownRevocation = Omit<RecordedRevocation, 'tenant' | 'atUnixNs'> & { readonly at: string }

function shape(revocation: RecordedRevocation): ShownRevocation {
  const { seq, id, action, target, cascade, cause, initiator, atUnixNs, record } = revocation
  const at = formatInstant(atUnixNs)
  return { seq, id, action, target, cascade, cause, initiator, at, record }
}
