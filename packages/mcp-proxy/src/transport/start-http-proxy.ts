import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isHostAllowed, WhodidError } from '@whodid/model'
import { BoundedMap } from '../observe/bounded-map.ts'
import { endOfUnanswered } from '../observe/end-of-call.ts'
import { McpObserver } from '../observe/mcp-observer.ts'
import type { HttpProxyOptions, Sessions } from './exchange.ts'
import { passRequest } from './pass-request.ts'

/** A proxy that listens. */
export interface HttpProxy {
  /** The endpoint for the client. */
  readonly url: string
  /** Closes every connection; calls under way end on record as unanswered. */
  close(): Promise<void>
}

/** Sessions whose calls are followed at one time; the calls of the oldest make room. */
const sessionsMax = 1_000

/**
 * Listens in front of a server: passes every request of the server's origin on, and records the calls that are posted to its endpoint.
 * A request whose `Host` or `Origin` is not this machine's is refused where the proxy listens on this machine only, so that no web page
 * reaches the server through it. Throws `invalid_config` when it cannot listen.
 */
export async function startHttpProxy(options: HttpProxyOptions): Promise<HttpProxy> {
  const known = new BoundedMap<string, McpObserver>(sessionsMax, (observer) => {
    observer.finish(endOfUnanswered('too many sessions'))
  })
  const sessions: Sessions = {
    of: (session) => known.get(session ?? '') ?? new McpObserver(options),
    keep: (session, observer) => {
      if (known.get(session) !== observer) known.set(session, observer)
    },
    end: (session) => {
      known.take(session)?.finish(endOfUnanswered('the session ended'))
    },
  }
  const server = createServer((request, response) => {
    const refusal = refuse(request, options.host)
    if (refusal === undefined) passRequest(options, sessions, { request, response })
    else answer(response, refusal)
  })
  // A stream may be silent for longer than any timeout.
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new WhodidError(
          'invalid_config',
          `"listen" expected a free address; got ${error.code ?? error.message} at ${options.host}:${options.port}`,
          { cause: error },
        ),
      )
    })
    server.listen(options.port, options.host, resolve)
  })
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}${options.upstream.pathname}${options.upstream.search}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      for (const session of known.keys()) sessions.end(session)
    },
  }
}

interface Refusal {
  readonly status: number
  readonly text: string
}

function refuse(request: IncomingMessage, listens: string): Refusal | undefined {
  if (request.url?.startsWith('/') !== true) return { status: 400, text: 'a path is expected' }
  const check = isHostAllowed(listens, 'loopback') ? 'loopback' : 'any'
  if (!isHostAllowed(request.headers.host ?? '', check))
    return { status: 403, text: 'this host name is not served' }
  const { origin } = request.headers
  if (origin !== undefined && !isHostAllowed(hostOf(origin), check))
    return { status: 403, text: 'this origin is not served' }
  return undefined
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : ''
}

function answer(response: ServerResponse, { status, text }: Refusal): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`)
}
