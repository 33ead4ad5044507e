import { randomUUID } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { printableLine } from '@whodid/model'

/** Most of an answer that is read, in bytes. */
const answerBytesMax = 64 * 1024

/** The collector that issues tokens. */
export interface TokenSource {
  /** `…/v1/credentials`. */
  readonly url: string
  /** Bearer token of the process; '' where there is none. */
  readonly token: string
  readonly timeoutMs: number
}

/** The instance that a token is asked for. */
export interface TokenSubject {
  readonly template: string
  readonly instance: string
  /** '' where nobody is named. */
  readonly delegator: string
  readonly delegatorIssuer: string
}

/** The instance's own key. */
export interface InstanceKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A token that the collector has issued. */
export interface IssuedToken {
  /** SHA-256 of the token, base64url. */
  readonly hash: string
  /** SPIFFE ID of the instance. */
  readonly identity: string
  readonly expiresUnixMs: number
}

/**
 * Asks the collector for an instance token, with a proof that the key is this process's own. Rejects when it is refused, or not
 * answered in time.
 */
export async function requestToken(
  source: TokenSource,
  { template, instance, delegator, delegatorIssuer }: TokenSubject,
  { privateKey, publicKey }: InstanceKey,
): Promise<IssuedToken> {
  // Loaded only where records are sealed: a process that does not seal need not have it in memory.
  const [{ makeDpopProof }, { importJWK }] = await Promise.all([
    import('@whodid/identity'),
    import('jose'),
  ])
  const named = await ask(source, { method: 'GET', headers: {}, body: '' })
  const issuer = textOf(named, 'issuer')
  const signer = await importJWK(privateKey.export({ format: 'jwk' }), 'ES256')
  if (signer instanceof Uint8Array) throw new Error('the key is symmetric')
  const proof = await makeDpopProof(
    { method: 'POST', url: `${issuer}/v1/credentials` },
    {
      privateKey: signer,
      publicKey: publicKey.export({ format: 'jwk' }),
      id: randomUUID(),
      nowS: Math.floor(Date.now() / 1000),
    },
  )
  const behalf = delegator === '' ? {} : { delegator: { id: delegator, issuer: delegatorIssuer } }
  const body = JSON.stringify({ template, instance, ...behalf })
  const headers = { dpop: proof, 'content-type': 'application/json' }
  const issued = await ask(source, { method: 'POST', headers, body })
  return {
    hash: textOf(issued, 'token_sha256'),
    identity: textOf(issued, 'identity'),
    expiresUnixMs: Date.parse(textOf(issued, 'expires_at')),
  }
}

interface Asking {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Answer = Readonly<Record<string, unknown>>

function ask({ url, token, timeoutMs }: TokenSource, asking: Asking): Promise<Answer> {
  const { method, body } = asking
  const bearer = token === '' ? {} : { authorization: `Bearer ${token}` }
  const headers = { ...asking.headers, ...bearer, 'content-length': Buffer.byteLength(body) }
  const send = url.startsWith('https:') ? requestHttps : requestHttp
  // The application's own instrumentation must not trace the flight recorder.
  return context.with(
    suppressTracing(context.active()),
    () =>
      new Promise<Answer>((resolve, reject) => {
        const request = send(url, { method, headers, agent: false }, (response) => {
          read(response).then(resolve, reject)
        })
        const signal = AbortSignal.timeout(timeoutMs)
        signal.addEventListener('abort', () => request.destroy(new Error('no answer in time')))
        request.on('socket', (socket) => socket.unref())
        request.on('error', reject)
        request.end(body)
      }),
  )
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A response without an encoding set gives buffers.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > answerBytesMax) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  const answer = parse(Buffer.concat(chunks).toString('utf8'))
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return answer
  const { message } = answer
  throw new Error(printableLine(typeof message === 'string' ? message : `HTTP ${status}`, 200))
}

function parse(text: string): Answer {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // Some proxy's page; what it lacks is said where it is read.
    return {}
  }
}

function textOf(answer: Answer, name: string): string {
  const value = answer[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`the answer expected "${name}"`)
}
