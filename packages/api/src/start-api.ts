import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { getRequestListener } from '@hono/node-server'
import { WhodidError } from '@whodid/model'
import type { Api } from './api-options.ts'
import { problemResponse } from './errors/problem.ts'

/** Request line and headers together; the longest handle, percent-encoded, fits. */
const headerBytesMax = 65_536
const connectionsMax = 4096
const requestTimeoutMsDefault = 10_000
/** Milliseconds for a client to read why its request could not be read. */
const farewellTimeoutMs = 1_000
/** Milliseconds that requests under way get to finish when the service stops. */
const drainTimeoutMs = 5_000

/** The address at which the API listens. */
export interface StartApiOptions {
  readonly api: Api
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  /** Milliseconds for a client to send its request, from its first byte to its last; default 10,000. */
  readonly requestTimeoutMs?: number
}

/** An API that listens. */
export interface RunningApi {
  readonly url: string
  readonly port: number
  /** Takes no new request, lets those under way finish for 5 s, then ends what is left. Safe to call twice. */
  readonly stop: () => Promise<void>
}

/** Listens. Throws `invalid_config` when the address cannot be had: taken, not of this machine, or not permitted. */
export async function startApi({
  api,
  host,
  port,
  requestTimeoutMs = requestTimeoutMsDefault,
}: StartApiOptions): Promise<RunningApi> {
  const listener = getRequestListener(api.fetch, { overrideGlobalObjects: false })
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs, 1_000),
      keepAlive: true,
    },
    (request: IncomingMessage, response: ServerResponse) => void listener(request, response),
  )
  server.maxConnections = connectionsMax
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    void answerUnreadable(error, socket)
  })
  await listen(server, host, port)
  const address = server.address()
  const actualPort = typeof address === 'object' && address !== null ? address.port : port
  let stopped: Promise<void> | undefined
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    port: actualPort,
    stop: () => (stopped ??= stop(server)),
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (thrown) {
    // Node gives every failure to listen a code.
    const reason = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined
    const what =
      reason === 'EADDRINUSE' ? 'another process listens there' : (reason ?? 'unknown failure')
    throw new WhodidError('invalid_config', `the API cannot listen on ${host}:${port}: ${what}`, {
      cause: thrown,
    })
  }
}

/** Answers a request that Node could not read, which never reaches the app. */
async function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): Promise<void> {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  // A client that never closes its side would keep its place among the connections.
  const timer = setTimeout(() => socket.destroy(), farewellTimeoutMs).unref()
  socket.once('close', () => clearTimeout(timer))
  const message =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? `the request line and headers expected at most ${headerBytesMax} bytes; got more`
      : 'expected an HTTP/1.1 request; got something else'
  const problem = problemResponse(new WhodidError('invalid_parameter', message), randomUUID())
  const body = await problem.text()
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), drainTimeoutMs)
  await closed
  clearTimeout(timer)
}
