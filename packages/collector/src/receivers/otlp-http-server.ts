import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { WhodidError } from '@whodid/model'
import type { CollectorMeter } from '../metrics/collector-meter.ts'
import { ingest } from '../pipeline.ts'
import type { OtlpRequest } from '../pipeline.ts'
import { handleCredentials, isCredentialRequest } from './credentials-route.ts'
import type { CredentialDeps } from './credentials-route.ts'
import { handleLaunch, isLaunchRequest } from './launch-route.ts'
import { readBody } from './read-body.ts'
import type { ReceiverDeps } from './read-body.ts'
import { checkHost, parseHead, parseSignal, requestEncoding } from './request-head.ts'
import { discardRest, respondAccepted, respondError } from './respond.ts'

/** The OTLP/HTTP server, not listening yet. A request that fails is answered and counted; none ends the process. */
export function createOtlpHttpServer(pipeline: CredentialDeps, meter: CollectorMeter): Server {
  const { limits } = pipeline
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 1_000),
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => void handle({ request, response }, pipeline, meter),
  )
  server.maxConnections = limits.connectionsMax
  server.on('drop', () => meter.connectionDropped())
  // A sender that asks first is answered before it sends a body that would be refused.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length'] ?? 0) <= limits.bodyBytesMax)
      response.writeContinue()
    void handle({ request, response }, pipeline, meter)
  })
  return server
}

/** Milliseconds an idle connection is kept: longer than the usual interval between two batches. */
const keepAliveMs = 65_000

async function handle(
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  pipeline: CredentialDeps,
  meter: CollectorMeter,
): Promise<void> {
  const { request, response } = exchange
  meter.requestStarted()
  try {
    if (meter.requestsInFlight > pipeline.limits.requestsInFlightMax)
      throw new WhodidError(
        'too_many_requests',
        `requests in flight expected at most ${pipeline.limits.requestsInFlightMax}; got more`,
      )
    checkHost(request.headers.host, pipeline.hostCheck)
    if (isLaunchRequest(request)) {
      await handleLaunch(request, response, pipeline)
      return
    }
    if (isCredentialRequest(request)) {
      await handleCredentials(request, response, pipeline)
      return
    }
    const asked = otlpRequest(request, pipeline)
    const accepted = await ingest(asked, pipeline)
    meter.accepted(accepted)
    const { encoding, rejection } = accepted
    respondAccepted(response, { encoding, signal: asked.signal }, rejection)
  } catch (thrown) {
    const error = meter.failed(thrown)
    respondError(response, error, requestEncoding(request))
    discardRest(request, pipeline.limits)
  } finally {
    meter.requestEnded()
  }
}

function otlpRequest(request: IncomingMessage, { limits, room }: ReceiverDeps): OtlpRequest {
  return {
    signal: parseSignal(request),
    authorization: request.headers.authorization,
    receive: async () => {
      const { encoding, packing } = parseHead(request)
      const body = await readBody({ request, packing, limits, room })
      return { encoding, ...body }
    },
  }
}
