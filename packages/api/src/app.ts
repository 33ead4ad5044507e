import { parseInstant, WhodidError } from '@whodid/model'
import { listAccessLog, parseAccessLogLimit } from '@whodid/query'
import type { Api, ApiOptions } from './api-options.ts'
import { errorPage, openApiDocument, startPage } from './documents.ts'
import { createGuardedApp } from './guarded-app.ts'
import { createMetricsHandler } from './metrics-handler.ts'
import { addQuestions } from './question-handlers.ts'
import { createRecordedRead, systemUnixNs } from './recorded-read.ts'
import {
  healthRoute,
  metricsRoute,
  readsRoute,
  readyRoute,
  tailRoute,
} from './route-definitions.ts'
import { createTailOpener, tailStartDefaultNs } from './tail-stream.ts'

/**
 * The HTTP API: every route is here, or in `question-handlers.ts` and `proof-handlers.ts`. Each `/v1` route takes a bearer token, is bounded, and records the read before its
 * answer leaves. Failures are `application/problem+json`. Does NOT listen: see `startApi`.
 */
export function createApi(options: ApiOptions): Api {
  const { selector, now = systemUnixNs, stopping = new AbortController().signal } = options
  const guarded = createGuardedApp(options)
  const { app, counts } = guarded
  const recordedRead = createRecordedRead(options)
  const openTail = createTailOpener()

  addQuestions(app, options, recordedRead)

  app.openapi(tailRoute, async (c) => {
    const asked = c.req.valid('query')
    const { from } = asked
    const afterUnixNs = from === undefined ? now() - tailStartDefaultNs : parseInstant(from, 'from')
    const clientGone = c.req.raw.signal
    const follow = asked.follow === 'true'
    const { tenant } = c.get('token')
    const reading = { roles: ['investigator', 'admin'], question: asked } as const
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
  })

  app.openapi(readsRoute, async (c) => {
    const asked = c.req.valid('query')
    const limit = parseAccessLogLimit(asked.limit)
    const { tenant } = c.get('token')
    const reading = { roles: ['admin'], question: asked } as const
    const reads = await recordedRead(c, reading, {
      run: () => listAccessLog(selector, tenant, limit),
    })
    return c.json({ reads }, 200)
  })

  app.openapi(healthRoute, (c) => c.json({ status: 'ok' as const }, 200))

  app.openapi(readyRoute, async (c) => {
    const missing = await options.readiness()
    if (missing.length > 0)
      throw new WhodidError('store_unavailable', `not ready: ${missing.join('; ')}`)
    return c.json({ status: 'ready' as const }, 200)
  })

  app.openAPIRegistry.registerPath(metricsRoute)
  app.get('/metrics', createMetricsHandler(guarded, options))
  const document = openApiDocument(app)
  app.get('/openapi.json', (c) => c.json(document))
  app.get('/docs/errors', (c) => c.html(errorPage))
  app.get('/', (c) => c.html(startPage))
  return { fetch: app.fetch, counts }
}
