import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { WhodidError } from '@whodid/model'
import type { NoteSigner, NoteVerifier } from '@whodid/tlog'
import { requestBytesMax } from './add-checkpoint.ts'
import { lockState } from './lock-state.ts'
import { createWitness } from './witness.ts'
import type { Witness, WitnessEvent } from './witness.ts'
import { fileState } from './witness-state.ts'

/** How a witness is run. */
export interface WitnessOptions {
  /** Its key, of kind `cosignature`. */
  readonly signer: NoteSigner
  /** The keys of the logs it knows; several of one name are one log's. At least one. */
  readonly logs: readonly NoteVerifier[]
  /** Where it remembers what it cosigned. Whoever can put an older copy back can make it cosign a fork. */
  readonly stateDir: string
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  readonly onEvent: (event: WitnessEvent | WitnessFailure) => void
}

/** A request that the witness could not answer: its state could not be read or written. Nothing was cosigned. */
export interface WitnessFailure {
  readonly event: 'failed'
  readonly detail: string
}

/** A witness that answers over HTTP. */
export interface RunningWitness {
  /** Its submission prefix and its monitoring prefix. */
  readonly url: string
  /** Takes no more requests, and resolves when those at hand are answered. */
  readonly stop: () => Promise<void>
}

const requestTimeoutMs = 10_000
const connectionsMax = 256
const waitingMax = 64

interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/**
 * Runs a witness over HTTP (C2SP tlog-witness): `POST /add-checkpoint`, and `GET /<SHA-256 of the origin>/checkpoint` for
 * monitors. At most 64 requests wait; more are answered 503. Throws `invalid_config`, also when the address cannot be had.
 *
 * Does NOT speak TLS, and knows its callers only by their checkpoints' signatures.
 */
export async function startWitness(options: WitnessOptions): Promise<RunningWitness> {
  const { signer, logs, stateDir, host = '127.0.0.1', port = 0, onEvent } = options
  if (signer.verifier.kind !== 'cosignature')
    throw new WhodidError(
      'invalid_config',
      'the key of a witness expected type 4 (cosignature); got type 1',
    )
  const wrong = logs.find(({ kind }) => kind !== 'note')
  if (logs.length === 0 || wrong !== undefined)
    throw new WhodidError(
      'invalid_config',
      `the logs expected at least one key of type 1; got ${wrong === undefined ? 'none' : `"${wrong.vkey}"`}`,
    )
  const unlock = await lockState(stateDir)
  const state = fileState(stateDir)
  const nowS = (): number => Math.floor(Date.now() / 1000)
  const witness = createWitness({ signer, logs, state, nowS, onEvent })
  let waiting = 0
  const server = createServer((request, response) => {
    if (waiting >= waitingMax) {
      send(response, busy)
      return
    }
    waiting += 1
    void answer(witness, request)
      .catch((error: unknown): Reply => {
        onEvent({ event: 'failed', detail: error instanceof Error ? error.message : String(error) })
        return plain(500, 'the witness could not remember; nothing was cosigned')
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
    return { url: `http://${shown}:${listening}`, stop: () => stop(server, unlock) }
  } catch (cause) {
    await unlock()
    throw new WhodidError(
      'invalid_config',
      `the witness expected to listen on ${host}:${port}; ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

const busy: Reply = plain(503, 'the witness has too many requests waiting')

async function answer(witness: Witness, request: IncomingMessage): Promise<Reply> {
  const path = request.url ?? ''
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return plain(405, 'expected POST')
    const body = await readBody(request)
    return typeof body === 'string' ? witness.addCheckpoint(body) : body
  }
  const originHash = /^\/([0-9a-f]{64})\/checkpoint$/u.exec(path)?.[1]
  if (originHash === undefined) return plain(404, 'no such resource')
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'expected GET')
  const note = await witness.latest(originHash)
  return note === undefined ? plain(404, 'no checkpoint of this log') : plain(200, note)
}

/** The body, or what to answer when there is none that can be a request. */
async function readBody(request: IncomingMessage): Promise<string | Reply> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      // A request without an encoding set gives Buffers only.
      const bytes = chunk as Buffer
      length += bytes.length
      if (length > requestBytesMax) return plain(413, `expected at most ${requestBytesMax} bytes`)
      chunks.push(bytes)
    }
  } catch {
    // The caller went away in the middle; nobody reads this.
    return plain(400, 'the request broke off')
  }
  const body = Buffer.concat(chunks)
  const text = body.toString('utf8')
  return Buffer.from(text).equals(body) ? text : plain(400, 'expected UTF-8')
}

function send(response: ServerResponse, { status, contentType, body }: Reply): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    // What is left of a body that was too long is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  })
  response.end(response.req.method === 'HEAD' ? '' : body)
}

function plain(status: number, text: string): Reply {
  const body = text.endsWith('\n') ? text : `${text}\n`
  return { status, contentType: 'text/plain; charset=utf-8', body }
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

async function stop(server: Server, unlock: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeIdleConnections()
  })
  await unlock()
}
