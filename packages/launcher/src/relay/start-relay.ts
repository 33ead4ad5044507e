import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendBody } from '@whodid/hooks'
import type { Ledger } from '../run-options.ts'
import type { Forwarder } from './forwarder.ts'
import type { LaunchTicket } from './launch-ticket.ts'

/** The parts of a relay. */
export interface RelayDeps {
  readonly ledger: Ledger
  readonly ticket: LaunchTicket
  readonly forwarder: Forwarder
}

/** A running relay: the only way from the agent to the ledger. */
export interface Relay {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** The bearer token of this run, without which nobody on the machine writes through it. */
  readonly token: string
  readonly stop: () => Promise<void>
}

/** Bytes of one body, and of all bodies that are held at once. */
const bodyBytesMax = 20 * 1024 * 1024
const heldBytesMax = 64 * 1024 * 1024
const connectionsMax = 256
/** Milliseconds that the ledger has for one request of a run inside this one. */
const passTimeoutMs = 5_000
/** Runs inside this one that send at once. */
const nestedMax = 1_000

const launchPath = '/v1/launch-credentials'
/** The methods that are passed on. */
const methods = ['POST', 'GET', 'DELETE'] as const
/** Instance tokens: the agent has the key, and this run's credential says which instance it may ask for. */
const tokenPath = '/v1/credentials'
const signalPaths: ReadonlySet<string> = new Set(['/v1/traces', '/v1/logs'])
const askingPaths: ReadonlySet<string> = new Set([launchPath, tokenPath])

/** Starts the relay on a free port of the loopback address. */
export async function startRelay(deps: RelayDeps): Promise<Relay> {
  const token = `whodid_run_${randomBytes(32).toString('base64url')}`
  const held = { bytes: 0 }
  const nested = new Set<string>()
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    handle({ request, response }, { ...deps, token, nested, held }).catch(() => response.destroy())
  })
  server.maxConnections = connectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  // Nothing but the agent keeps the launcher alive.
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

interface Running extends RelayDeps {
  readonly token: string
  /** The headers of the credentials that were handed out through this relay. */
  readonly nested: Set<string>
  /** Bytes of all bodies that are read or sent at this moment. */
  readonly held: { bytes: number }
}

async function handle({ request, response }: Exchange, running: Running): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const { authorization } = request.headers
  const isNested = running.nested.has(authorization ?? '')
  if (!isNested && !isOurs(authorization, running.token)) return refuse(response, 401)
  if (!isMethod(request.method, path, isNested)) return refuse(response, 405)
  if (path === '/v1/metrics') {
    // An agent may send metrics whatever it was told; the ledger has no use for them, and an error would be shown to its user.
    request.resume()
    return answer(response, {
      status: 200,
      contentType: contentTypeOf(request),
      body: Buffer.alloc(0),
    })
  }
  if (!signalPaths.has(path) && !askingPaths.has(path)) return refuse(response, 404)
  await take({ request, response }, path, running)
}

function isMethod(method: string | undefined, path: string, isNested: boolean): boolean {
  if (method === 'DELETE') return isNested && path === launchPath
  return method === 'POST' || (method === 'GET' && path === tokenPath)
}

async function take(exchange: Exchange, path: string, running: Running): Promise<void> {
  const { request, response } = exchange
  const body = await readAll(request, running.held)
  if (body === undefined) return refuse(response, 413)
  const isNested = running.nested.has(request.headers.authorization ?? '')
  try {
    if (askingPaths.has(path) || isNested) await passOn(exchange, { path, body }, running)
    else await forward(exchange, { path, body }, running)
  } finally {
    running.held.bytes -= body.length
  }
}

interface Received {
  readonly path: string
  readonly body: Buffer
}

async function forward(
  { request, response }: Exchange,
  { path, body }: Received,
  { forwarder }: Running,
): Promise<void> {
  const contentType = contentTypeOf(request)
  const encoding = request.headers['content-encoding'] ?? ''
  const sent = await forwarder.forward({ path, contentType, encoding, body })
  // What waits in the spool is kept: the agent need not hold it too.
  if (sent === 'spooled')
    answer(response, { status: 200, contentType, body: emptyResponse(contentType) })
  // Not to be tried again: it is counted as lost already.
  else if (sent === 'lost') refuse(response, 400)
  else answer(response, sent)
}

/**
 * A run inside this run asks for a credential of its own, and sends under it: the collector decides, by this run's. What the
 * ledger does not take now, that run keeps itself. The agent's requests for its instance token go the same way.
 */
async function passOn(
  { request, response }: Exchange,
  { path, body }: Received,
  { ledger, ticket, nested }: Running,
): Promise<void> {
  const { authorization = '' } = request.headers
  const isNested = nested.has(authorization)
  if (!isNested && ticket.state !== 'bound') return refuse(response, 503)
  const { 'content-encoding': encoding, dpop: proof } = request.headers
  const sent = await sendBody({
    url: `${ledger.endpoint}${path}`,
    method: methods.find((method) => method === request.method) ?? 'POST',
    headers: {
      authorization: isNested ? authorization : ticket.authorization,
      'content-type': contentTypeOf(request),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      ...(typeof proof === 'string' ? { dpop: proof } : {}),
    },
    body,
    timeoutMs: passTimeoutMs,
  }).catch(() => undefined)
  if (sent === undefined) return refuse(response, 503)
  if (request.method === 'DELETE') nested.delete(authorization)
  if (path === launchPath && sent.status === 201 && nested.size < nestedMax)
    nested.add(`Bearer ${credentialIn(sent.body)}`)
  answer(response, sent)
}

function credentialIn(body: Buffer): string {
  try {
    const issued: unknown = JSON.parse(body.toString('utf8'))
    const credential: unknown =
      typeof issued === 'object' && issued !== null ? Reflect.get(issued, 'credential') : undefined
    return typeof credential === 'string' ? credential : ''
  } catch {
    return ''
  }
}

function isOurs(authorization: string | undefined, token: string): boolean {
  const presented = Buffer.from(authorization ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return presented.length === expected.length && timingSafeEqual(presented, expected)
}

/** The whole body, counted among the held bytes; undefined when it is larger than may be held. */
async function readAll(
  request: IncomingMessage,
  held: { bytes: number },
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  let isTaken = false
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue
      bytes += chunk.length
      held.bytes += chunk.length
      if (bytes > bodyBytesMax || held.bytes > heldBytesMax) return undefined
      chunks.push(chunk)
    }
    isTaken = true
    return Buffer.concat(chunks)
  } finally {
    if (!isTaken) held.bytes -= bytes
  }
}

function contentTypeOf(request: IncomingMessage): string {
  return request.headers['content-type'] ?? 'application/x-protobuf'
}

function emptyResponse(contentType: string): Buffer {
  return contentType.startsWith('application/json') ? Buffer.from('{}') : Buffer.alloc(0)
}

function refuse(response: ServerResponse, status: number): void {
  answer(response, { status, contentType: 'application/json', body: Buffer.from('{}') })
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

function answer(response: ServerResponse, { status, contentType, body }: Answer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': contentType, 'content-length': body.length })
  response.end(body)
}
