import { request as requestHttp } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import { once } from 'node:events'
import { pipeline } from 'node:stream'
import { endOfCancelled, endOfUnanswered } from '../observe/end-of-call.ts'
import { headerOf, passedHeaders } from './exchange.ts'
import type { Exchange, HttpProxyOptions, ObservedExchange, Sessions } from './exchange.ts'
import { messageBytesMax, messageText } from './message-text.ts'
import { passResponse } from './pass-response.ts'

/** The first version of the protocol in which a closed response is a cancelled call. */
const closedSince = '2026-07-28'

/** Passes a request to the server and the response back; records what is posted to the endpoint. Answers 502 when the server is out of reach. */
export function passRequest(
  options: HttpProxyOptions,
  sessions: Sessions,
  exchange: Exchange,
): void {
  const { request, response } = exchange
  const path = (request.url ?? '/').split('?', 1)[0]
  const isEndpoint = path === options.upstream.pathname
  const session = headerOf(request, 'mcp-session-id')
  const observed: ObservedExchange = {
    ...exchange,
    observer: sessions.of(session),
    ids: [],
    isClosed:
      session === undefined || (headerOf(request, 'mcp-protocol-version') ?? '') >= closedSince,
  }
  const passing =
    isEndpoint && request.method === 'POST'
      ? passPost(options, sessions, observed)
      : forward(options, { sessions, exchange: observed, body: undefined })
  passing.catch(() => {
    if (!response.headersSent) response.writeHead(502).end()
    else response.destroy()
  })
}

async function passPost(
  options: HttpProxyOptions,
  sessions: Sessions,
  exchange: ObservedExchange,
): Promise<void> {
  const { request, response, observer } = exchange
  const read = await readBody(request)
  const isPlain = (request.headers['content-encoding'] ?? 'identity') === 'identity'
  const text = read.isWhole && isPlain ? messageText(read.bytes) : undefined
  if (text === undefined) {
    options.unobserved[read.isWhole ? 'unreadable' : 'tooLong'] += 1
    if (options.requireLedger) {
      response.writeHead(read.isWhole ? 415 : 413, { connection: 'close' }).end()
      return
    }
    await forward(options, { sessions, exchange, body: read })
    return
  }
  const passed = await observer.fromClient(text, request.headers)
  if (passed.forward === undefined) {
    const body = passed.answers.length === 1 ? passed.answers[0] : `[${passed.answers.join(',')}]`
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    return
  }
  const bytes = passed.forward === text ? read.bytes : Buffer.from(passed.forward)
  const body = { bytes, isWhole: true }
  await forward(options, { sessions, exchange: { ...exchange, ids: passed.ids }, body })
}

interface Body {
  readonly bytes: Buffer
  /** False where the rest is still to be read. */
  readonly isWhole: boolean
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let length = 0
  const iterator = request.iterator({ destroyOnReturn: false })
  // A request without an encoding set gives buffers.
  for await (const chunk of iterator as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > messageBytesMax) return { bytes: Buffer.concat(chunks), isWhole: false }
  }
  return { bytes: Buffer.concat(chunks), isWhole: true }
}

interface Forwarded {
  readonly sessions: Sessions
  readonly exchange: ObservedExchange
  /** Undefined for the request's own, as it comes. */
  readonly body: Body | undefined
}

async function forward(options: HttpProxyOptions, forwarded: Forwarded): Promise<void> {
  const { exchange, body, sessions } = forwarded
  const { request, response, observer, ids } = exchange
  const { upstream } = options
  const headers: OutgoingHttpHeaders = { ...passedHeaders(request), host: upstream.host }
  // What is compressed could not be looked at.
  headers['accept-encoding'] = 'identity'
  if (body?.isWhole === true) headers['content-length'] = body.bytes.length
  const sent = (upstream.protocol === 'https:' ? requestHttps : requestHttp)(
    `${upstream.origin}${request.url ?? '/'}`,
    { method: request.method, headers },
  )
  let isOver = false
  response.once('close', () => {
    if (isOver) return
    sent.destroy()
    if (exchange.isClosed) observer.finish(endOfCancelled('the client closed the response'), ids)
  })
  if (body === undefined) pipeline(request, sent, () => undefined)
  else if (body.isWhole) sent.end(body.bytes)
  else {
    sent.write(body.bytes)
    pipeline(request, sent, () => undefined)
  }
  try {
    // A client request emits one response.
    const [answered] = (await once(sent, 'response')) as [IncomingMessage]
    await passResponse(options, sessions, { exchange, answered })
    isOver = true
  } catch (thrown) {
    isOver = true
    observer.finish(endOfUnanswered('the server could not be reached'), ids)
    throw thrown
  }
}
