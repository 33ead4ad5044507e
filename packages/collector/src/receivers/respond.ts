import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WhodidError } from '@whodid/model'
import type { CollectorLimits } from '../limits.ts'
import type { OtlpEncoding, OtlpSignal } from '../otlp/decode.ts'
import { encodeExportResponse, encodeStatus } from '../otlp/encode-response.ts'
import type { Rejection } from '../otlp/encode-response.ts'
import { statusOf, senderStatus } from './sender-status.ts'

const mediaTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** UTF-16 units of a message to a sender. */
const messageLengthMax = 2_000

/** Answers 200: everything is durable but the rejected parts. */
export function respondAccepted(
  response: ServerResponse,
  to: { readonly encoding: OtlpEncoding; readonly signal: OtlpSignal },
  rejection: Rejection,
): void {
  send(response, {
    status: 200,
    encoding: to.encoding,
    body: encodeExportResponse(to.encoding, to.signal, {
      count: rejection.count,
      message: rejection.message.slice(0, messageLengthMax).toWellFormed(),
    }),
  })
}

/** Answers with a `google.rpc.Status` in the request's encoding; JSON when the request names none. */
export function respondError(
  response: ServerResponse,
  error: WhodidError,
  encoding: OtlpEncoding | undefined,
): number {
  const { http, retryAfterS } = senderStatus(error.code)
  const headers: Record<string, string> = {}
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS)
  if (http === 401) headers['www-authenticate'] = 'Bearer realm="whodid"'
  if (http === 405) headers['allow'] = 'POST'
  if (error.code === 'unsupported_encoding') headers['accept-encoding'] = 'gzip, deflate, identity'
  const used = encoding ?? 'json'
  const body = encodeStatus(used, statusOf(error, messageLengthMax))
  send(response, { status: http, encoding: used, body, headers })
  return http
}

/**
 * Reads and discards the bytes that a refused sender still sends: a sender that is cut off while it writes may never read
 * its answer. Bounded in bytes and time; past either the connection is closed.
 */
export function discardRest(request: IncomingMessage, limits: CollectorLimits): void {
  if (request.complete) return
  let bytes = 0
  const timer = setTimeout(() => request.destroy(), limits.discardTimeoutMs)
  timer.unref()
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limits.discardBytesMax) request.destroy()
  })
  request.once('close', () => clearTimeout(timer))
  request.resume()
}

/** Answers a request that is about no telemetry. */
export function respondJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  send(response, { status, encoding: 'json', body, headers: { 'cache-control': 'no-store' } })
}

interface Answer {
  readonly status: number
  readonly encoding: OtlpEncoding
  readonly body: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(answer.status, {
    'content-type': mediaTypes[answer.encoding],
    'content-length': answer.body.length,
    ...answer.headers,
  })
  response.end(answer.body)
}
