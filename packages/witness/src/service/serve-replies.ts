import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { WhodidError } from '@whodid/model'
import { requestBytesMax } from '../protocol/add-checkpoint.ts'

/** The answer to one request. */
export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string | Uint8Array
  /** Default `no-store`: the answer may change within a second. */
  readonly cacheControl?: string
}

/** The options of a small HTTP service. */
interface ReplyServerOptions {
  /** The service's name in messages, for example `witness`. */
  readonly what: string
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Answers one request; when it rejects, the answer is 500 with `failureText`, and `onFailure` gets the reason. */
  readonly answer: (request: IncomingMessage) => Promise<Reply>
  readonly failureText: string
  readonly onFailure: (detail: string) => void
}

/** A running service. */
export interface ReplyServer {
  readonly url: string
  /** Takes no more requests, and resolves when the present ones are answered. */
  readonly stop: () => Promise<void>
}

const requestTimeoutMs = 10_000
const connectionsMax = 256
const waitingMax = 64

/** Serves small replies over HTTP. At most 64 requests wait; more are answered 503. Throws `invalid_config` when it cannot listen on the address. */
export async function serveReplies(options: ReplyServerOptions): Promise<ReplyServer> {
  const { what, host, port, answer, failureText, onFailure } = options
  let waiting = 0
  const server = createServer((request, response) => {
    if (waiting >= waitingMax) {
      send(response, plainReply(503, `the ${what} has too many requests waiting`))
      return
    }
    waiting += 1
    void answer(request)
      .catch((error: unknown): Reply => {
        onFailure(error instanceof Error ? error.message : String(error))
        return plainReply(500, failureText)
      })
      .then((reply) => send(response, reply))
      .finally(() => (waiting -= 1))
  })
  server.requestTimeout = requestTimeoutMs
  server.headersTimeout = requestTimeoutMs
  server.maxConnections = connectionsMax
  try {
    const listening = await listen(server, host, port)
    const shown = host.includes(':') ? `[${host}]` : host
    return { url: `http://${shown}:${listening}`, stop: () => stop(server) }
  } catch (cause) {
    throw new WhodidError(
      'invalid_config',
      `the ${what} expected to listen on ${host}:${port}; ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

/** Returns an answer of one line of text. */
export function plainReply(status: number, text: string): Reply {
  const body = text.endsWith('\n') ? text : `${text}\n`
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

/** Reads the body of a request; returns an error answer when it is too long, broken off or not UTF-8. */
export async function readRequest(request: IncomingMessage): Promise<string | Reply> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      // A request without an encoding set gives Buffers only.
      const bytes = chunk as Buffer
      length += bytes.length
      if (length > requestBytesMax)
        return plainReply(413, `expected at most ${requestBytesMax} bytes`)
      chunks.push(bytes)
    }
  } catch {
    // The caller closed the connection; nobody reads this answer.
    return plainReply(400, 'the request broke off')
  }
  const body = Buffer.concat(chunks)
  const text = body.toString('utf8')
  return Buffer.from(text).equals(body) ? text : plainReply(400, 'expected UTF-8')
}

function send(response: ServerResponse, reply: Reply): void {
  const { status, contentType, body, cacheControl = 'no-store' } = reply
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': cacheControl,
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    // The rest of a body that is too long is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  })
  response.end(response.req.method === 'HEAD' ? '' : body)
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function stop(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeIdleConnections()
  })
}
