import { request as requestHttp, Agent as HttpAgent } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps, Agent as HttpsAgent } from 'node:https'
import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { printableLine } from '@whodid/model'
import { refusalDetail } from './refusal-detail.ts'
import type { SentToken } from './refusal-detail.ts'

/** Most of an answer that is read, in bytes. */
const responseBytesMax = 64 * 1024
/** Longest pause that a collector may ask for, in milliseconds. */
const retryAfterMsMax = 60_000
/** The statuses that OTLP/HTTP calls retryable. */
const retryableStatuses = new Set([429, 502, 503, 504])

/** The result of one request. */
export type PostResult =
  | { readonly kind: 'accepted'; readonly rejectedSpans: number; readonly detail: string }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly retryAfterMs: number | undefined }

export interface PostTarget extends SentToken {
  readonly url: string
  readonly timeoutMs: number
}

/** Sends OTLP bodies to one collector over kept-alive connections. Never rejects. */
export interface Poster {
  post(body: Uint8Array): Promise<PostResult>
  close(): void
}

/**
 * A poster for one collector. It does NOT keep the process alive: who waits for an answer holds a timer of its own.
 *
 * OTLP/HTTP by hand rather than OpenTelemetry's exporter, because that one only logs a partial success, and a record the
 * collector would not take is a loss to be counted.
 */
export function makePoster(target: PostTarget): Poster {
  const secure = target.url.startsWith('https:')
  const options = { keepAlive: true, maxSockets: 4, maxFreeSockets: 1 }
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options)
  return {
    post: (body) =>
      // The application's own instrumentation must not trace the flight recorder.
      context.with(suppressTracing(context.active()), () => send(target, { agent, secure, body })),
    close: () => {
      agent.destroy()
    },
  }
}

/** The headers of an OTLP request. */
export function otlpHeaders(token: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/x-protobuf' }
  if (token !== '') headers['authorization'] = `Bearer ${token}`
  return headers
}

interface Sending {
  readonly agent: HttpAgent
  readonly secure: boolean
  readonly body: Uint8Array
}

function send(target: PostTarget, sending: Sending): Promise<PostResult> {
  return new Promise((resolve) => {
    const fail = (detail: string): void => {
      clearTimeout(timer)
      resolve({ kind: 'failed', detail, retryAfterMs: undefined })
    }
    const request = (sending.secure ? requestHttps : requestHttp)(
      target.url,
      {
        method: 'POST',
        agent: sending.agent,
        headers: { ...otlpHeaders(target.token), 'content-length': sending.body.byteLength },
      },
      (response) => {
        readBody(response).then((body) => {
          clearTimeout(timer)
          resolve(judge(target, response, body))
        }, fail)
      },
    )
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer within ${target.timeoutMs} ms`))
    }, target.timeoutMs)
    timer.unref()
    request.on('socket', (socket) => socket.unref())
    request.on('error', (error: NodeJS.ErrnoException) => {
      fail(printableLine(error.message === '' ? (error.code ?? 'no connection') : error.message))
    })
    request.end(sending.body)
  })
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A response without an encoding set gives buffers.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    // Bytes beyond the bound are read, so that the connection can be used again, and discarded.
    if (bytes <= responseBytesMax) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function judge(sent: SentToken, response: IncomingMessage, body: Buffer): PostResult {
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return accepted(body)
  const contentType = response.headers['content-type'] ?? ''
  const detail = refusalDetail({ status, contentType, body }, sent)
  if (!retryableStatuses.has(status)) return { kind: 'refused', status, detail }
  return { kind: 'failed', detail, retryAfterMs: retryAfterMs(response.headers['retry-after']) }
}

function accepted(body: Buffer): PostResult {
  if (body.byteLength === 0) return { kind: 'accepted', rejectedSpans: 0, detail: '' }
  try {
    const partial = ProtobufTraceSerializer.deserializeResponse(body).partialSuccess
    return {
      kind: 'accepted',
      rejectedSpans: Number(partial?.rejectedSpans ?? 0),
      detail: printableLine(partial?.errorMessage ?? ''),
    }
  } catch {
    // A 2xx with a body that is no OTLP answer: some proxy's. The status is what counts.
    return { kind: 'accepted', rejectedSpans: 0, detail: '' }
  }
}

function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterMsMax)
}
