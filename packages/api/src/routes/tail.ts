import { createRoute, z } from '@hono/zod-openapi'
import { parseInstant } from '@whodid/model'
import { instantSchema, instantText } from './parameter-schemas.ts'
import {
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'
import { createTailOpener, tailStartDefaultNs } from './tail-stream.ts'

/** `GET /v1/tail` */
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

/** The ports of the tail. */
export interface TailDeps extends QuestionDeps {
  /** Aborts when the service stops, which ends the open streams. */
  readonly stopping: AbortSignal
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers tailRoute. */
export function answerTail({
  selector,
  recordedRead,
  stopping,
  now,
}: TailDeps): Handler<typeof tailRoute> {
  const openTail = createTailOpener()
  return async (c) => {
    const asked = c.req.valid('query')
    const { from } = asked
    const afterUnixNs = from === undefined ? now() - tailStartDefaultNs : parseInstant(from, 'from')
    const clientGone = c.req.raw.signal
    const follow = asked.follow === 'true'
    const { tenant } = c.get('token')
    const reading = { roles: readers, question: asked }
    const stream = await recordedRead(c, reading, {
      run: () => openTail({ selector, tenant, afterUnixNs, follow, clientGone, stopping }),
      discard: (unsent) => unsent.cancel(),
    })
    // Nobody reads the body of an answer to HEAD, so nobody would end the stream.
    const isHead = c.req.method === 'HEAD'
    if (isHead) await stream.cancel()
    const headers = { 'content-type': 'application/x-ndjson' }
    // The route's type knows JSON and text answers only; a body of lines is neither.
    return new Response(isHead ? null : stream, { headers }) as never
  }
}
